package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/**
 * A block of the relay chain that has been verified: only {@link RelayChainClient} makes one, or a
 * newer one that it has made; {@link #kept} reads one again.
 */
public final class VerifiedBlock {
  private static final int SIZE = 398;
  private static final int VERSION = 1;
  private static final int ADDRESS = 20;

  private final Hash32 chainId;
  private final Hash32 id;
  private final long height;
  private final long timeMs;
  private final long epoch;
  private final Hash32 validatorsHash;
  private final Hash32 nextValidatorsHash;
  private final Hash32 stateRoot;
  private final Hash32 outboxRoot;
  private final Hash32 historyRoot;

  /** Reads the fields in the order of the wire format. */
  private VerifiedBlock(Hash32 id, CanonicalReader in) {
    if (in.u16() != VERSION) {
      throw new DecodeException("unknown header version");
    }
    this.id = id;
    this.chainId = in.hash();
    this.height = in.u64();
    this.timeMs = in.u64();
    in.hash(); // parentId
    this.epoch = in.u64();
    this.validatorsHash = in.hash();
    this.nextValidatorsHash = in.hash();
    in.hash(); // txRoot
    this.stateRoot = in.hash();
    this.outboxRoot = in.hash();
    this.historyRoot = in.hash();
    in.hash(); // lastCommitHash
    in.hash(); // evidenceRoot
    in.fixed(ADDRESS); // builder
    if (!in.hash().isZero() || height < 1) {
      throw new DecodeException("height or reserved field out of range");
    }
  }

  /** Says nothing yet about whether the block is one of the chain. */
  static Verdict<VerifiedBlock> read(Bytes header, Hash32 chainId) {
    if (header.size() != SIZE) {
      return Verdict.reject(VerifierCode.MALFORMED, "a header has " + SIZE + " bytes");
    }
    try {
      VerifiedBlock block =
          CanonicalReader.decode(header, in -> new VerifiedBlock(Digests.keccak256(header), in));
      return block.chainId.equals(chainId)
          ? Verdict.accept(block)
          : Verdict.reject(VerifierCode.WRONG_RELAY_CHAIN, block.chainId.toHex());
    } catch (DecodeException malformed) {
      return Verdict.reject(VerifierCode.MALFORMED, String.valueOf(malformed.getMessage()));
    }
  }

  /**
   * A block whose header {@link RelayChainClient#verify} accepted before and that was kept where
   * nobody else can write. Never for a header from outside: no signature is checked.
   */
  public static Verdict<VerifiedBlock> kept(Bytes header, Hash32 chainId) {
    return read(header, chainId);
  }

  /** keccak256 of the header. */
  public Hash32 id() {
    return id;
  }

  public Hash32 chainId() {
    return chainId;
  }

  public long height() {
    return height;
  }

  /** Unix milliseconds. */
  public long timeMs() {
    return timeMs;
  }

  public long epoch() {
    return epoch;
  }

  /** Whether other validators are in charge of the next block. */
  public boolean endsEra() {
    return !nextValidatorsHash.equals(validatorsHash);
  }

  /** The set that certified it, as {@link RelayChainClient.Era#validatorsHash} hashes one. */
  public Hash32 validatorsHash() {
    return validatorsHash;
  }

  Hash32 nextValidatorsHash() {
    return nextValidatorsHash;
  }

  /** Of the state after the block. */
  public Hash32 stateRoot() {
    return stateRoot;
  }

  public Hash32 outboxRoot() {
    return outboxRoot;
  }

  public Hash32 historyRoot() {
    return historyRoot;
  }

  /**
   * An older block, shown to be part of the chain by this one's history root: no certificate of it
   * is needed, and its validators do not matter any more.
   *
   * @param header of the older block
   * @param siblings from its leaf up; index and count follow from the heights
   */
  public Verdict<VerifiedBlock> older(Bytes header, List<Hash32> siblings) {
    return read(header, chainId)
        .then(
            block -> {
              if (block.height >= height) {
                return Verdict.reject(VerifierCode.NOT_OLDER, block.height + " under " + height);
              }
              return Trees.includes(
                      historyRoot, block.id.bytes(), block.height - 1, height - 1, siblings)
                  ? Verdict.accept(block)
                  : Verdict.reject(VerifierCode.PROOF_INVALID, "not in the history");
            });
  }

  /**
   * Whether this block emitted the packet.
   *
   * @param index of the packet in the outbox of this block
   * @param count packets of that outbox
   */
  public boolean emitted(Hash32 packetId, long index, long count, List<Hash32> siblings) {
    return Trees.includes(outboxRoot, packetId.bytes(), index, count, siblings);
  }

  /** Whether {@code value} stands under {@code key} in the state after this block. */
  public boolean holds(Bytes key, Bytes value, List<Hash32> siblings) {
    return Trees.holds(stateRoot, key, value, siblings);
  }

  /** Whether nothing stands under {@code key} in the state after this block. */
  public boolean lacks(Bytes key, List<Hash32> siblings, Optional<StateProofLeaf> other) {
    return Trees.lacks(stateRoot, key, siblings, other);
  }

  @Override
  public String toString() {
    return "block " + height + " " + id.toHex();
  }
}
