package dev.trestle.lightclient.evm;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Claim;
import java.util.List;

/**
 * Proof of a claim: how to come from a block that the client knows to the block of the claim, and
 * the trie nodes there. Canonical bytes: {@code u64 knownHeight | list headers | list nodes | list
 * storageNodes}, a list being a u32 count and items with u32 lengths.
 *
 * @param knownHeight number of a block that the client knows, at or above the claimed one
 * @param headers RLP of the known header and its ancestors down to the claimed one; empty if that
 *     is the known one
 * @param nodes from the receipts root (logs) or the state root (accounts, storage) down
 * @param storageNodes from the account's storage root down; empty for other claims
 */
public record EvmProof(
    long knownHeight, List<Bytes> headers, List<Bytes> nodes, List<Bytes> storageNodes) {
  /** Most ancestors: five minutes more than two epochs of Ethereum's finality. */
  public static final int MAX_HEADERS = 257;

  /** Most nodes of one trie: a path of 64 nibbles and its leaf. */
  public static final int MAX_NODES = 65;

  public EvmProof {
    headers = List.copyOf(headers);
    nodes = List.copyOf(nodes);
    storageNodes = List.copyOf(storageNodes);
  }

  /** Under a block that the client knows itself. */
  public static EvmProof at(long knownHeight, List<Bytes> nodes, List<Bytes> storageNodes) {
    return new EvmProof(knownHeight, List.of(), nodes, storageNodes);
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u64(knownHeight)
        .list(headers, CanonicalWriter::bytes)
        .list(nodes, CanonicalWriter::bytes)
        .list(storageNodes, CanonicalWriter::bytes)
        .toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a proof
   */
  public static EvmProof decode(Bytes encoded) {
    if (encoded.size() > Claim.MAX_PROOF) {
      throw new DecodeException("a proof of " + encoded.size() + " bytes");
    }
    return CanonicalReader.decode(
        encoded,
        in ->
            new EvmProof(
                in.u64(), list(in, MAX_HEADERS), list(in, MAX_NODES), list(in, MAX_NODES)));
  }

  private static List<Bytes> list(CanonicalReader in, int most) {
    return in.list(most, item -> item.bytes(Claim.MAX_PROOF));
  }
}
