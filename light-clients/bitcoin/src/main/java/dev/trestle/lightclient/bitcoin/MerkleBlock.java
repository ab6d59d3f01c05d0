package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.tx.WireReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A {@code merkleblock} (BIP-37), which is what a node's {@code gettxoutproof} returns: from it the
 * branches of {@link TransactionInclusion} can be taken without the whole block. It proves nothing
 * by itself: its header may be on no chain, and its number of transactions is only claimed.
 *
 * <p>Parsing rejects with {@code malformed} (a count over what a block can hold, too few or unused
 * hashes or flags, equal halves: CVE-2012-2459), {@code trailing-bytes} and {@code root-mismatch}.
 *
 * @param txCount transactions in the block, as claimed
 */
public record MerkleBlock(BlockHeader header, long txCount, List<Match> matches) {
  /** Transactions in a block of 4,000,000 weight units, none under 60 bytes. */
  public static final int MAX_TRANSACTIONS = 4_000_000 / (4 * 60);

  public MerkleBlock {
    matches = List.copyOf(matches);
  }

  /** A transaction that the sender marked. */
  public record Match(Hash32 txId, MerkleBranch branch) {}

  /** The branch of a marked transaction. */
  public Optional<MerkleBranch> branch(Hash32 txId) {
    return matches.stream()
        .filter(match -> match.txId().equals(txId))
        .map(Match::branch)
        .findFirst();
  }

  /**
   * Rejects a tree that does not lead to the header's root, that has equal halves (CVE-2012-2459)
   * or that leaves a hash, a flag or a byte unused.
   */
  public static Verdict<MerkleBlock> parse(Bytes raw) {
    try {
      WireReader in = new WireReader(raw);
      BlockHeader header = BlockHeader.of(in.fixed(BlockHeader.SIZE));
      long count = in.u32();
      if (count < 1 || count > MAX_TRANSACTIONS) {
        return Verdict.reject(RejectionCode.MALFORMED, count + " transactions");
      }
      List<Hash32> hashes = new ArrayList<>();
      int hashCount = in.compactSize((int) count);
      for (int i = 0; i < hashCount; i++) {
        hashes.add(in.hash());
      }
      Bytes flags = in.bytes();
      if (in.remaining() != 0) {
        return Verdict.reject(RejectionCode.TRAILING_BYTES, in.remaining() + " bytes");
      }
      Walk walk = new Walk((int) count, hashes, flags);
      Hash32 root = walk.node(MerkleBranch.depth(count), 0);
      walk.checkAllUsed();
      return root.equals(header.merkleRoot())
          ? Verdict.accept(new MerkleBlock(header, count, walk.matches()))
          : Verdict.reject(RejectionCode.ROOT_MISMATCH, "leads to " + root);
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** Depth-first walk over the flags; remembers every node for the branches. */
  private static final class Walk {
    private final int txCount;
    private final List<Hash32> hashes;
    private final Bytes flags;
    private final Map<Long, Hash32> nodes = new TreeMap<>();
    private final List<Integer> marked = new ArrayList<>();
    private int usedFlags;
    private int usedHashes;

    private Walk(int txCount, List<Hash32> hashes, Bytes flags) {
      this.txCount = txCount;
      this.hashes = hashes;
      this.flags = flags;
    }

    private Hash32 node(int level, int position) {
      boolean leadsToMatch = flag();
      Hash32 hash;
      if (level == 0 || !leadsToMatch) {
        if (usedHashes >= hashes.size()) {
          throw new DecodeException("too few hashes");
        }
        hash = hashes.get(usedHashes++);
        if (level == 0 && leadsToMatch) {
          marked.add(position);
        }
      } else {
        Hash32 left = node(level - 1, 2 * position);
        Hash32 right = left;
        if (2 * position + 1 < width(level - 1)) {
          right = node(level - 1, 2 * position + 1);
          if (right.equals(left)) {
            throw new DecodeException("equal halves");
          }
        }
        hash = Digests.sha256d(left.bytes(), right.bytes());
      }
      nodes.put(key(level, position), hash);
      return hash;
    }

    private boolean flag() {
      if (usedFlags >= flags.size() * 8) {
        throw new DecodeException("too few flags");
      }
      boolean set = (flags.at(usedFlags / 8) >>> (usedFlags % 8) & 1) != 0;
      usedFlags++;
      return set;
    }

    private void checkAllUsed() {
      boolean padded = usedFlags % 8 != 0 && flags.at(usedFlags / 8) >>> (usedFlags % 8) != 0;
      if (usedHashes != hashes.size() || (usedFlags + 7) / 8 != flags.size() || padded) {
        throw new DecodeException("unused hashes or flags");
      }
    }

    private List<Match> matches() {
      List<Match> matches = new ArrayList<>();
      for (int position : marked) {
        List<Hash32> siblings = new ArrayList<>();
        int at = position;
        for (int level = 0; level < MerkleBranch.depth(txCount); level++) {
          int sibling = (at ^ 1) < width(level) ? at ^ 1 : at;
          siblings.add(known(level, sibling));
          at /= 2;
        }
        matches.add(new Match(known(0, position), new MerkleBranch(position, siblings)));
      }
      return matches;
    }

    private Hash32 known(int level, int position) {
      return Optional.ofNullable(nodes.get(key(level, position))).orElseThrow();
    }

    private int width(int level) {
      return (txCount + (1 << level) - 1) >>> level;
    }

    private static long key(int level, int position) {
      return (long) level << 32 | position;
    }
  }
}
