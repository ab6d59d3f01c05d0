package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.StatePath;
import java.util.List;

/**
 * The way of a parachain's head to the root in a leaf: {@code u8 version = 1 | u64 order | list of
 * item 32}, by {@link Mmr#fold}. A head names its parachain, so its place needs no proof; a leaf of
 * 64 bytes is refused, since inner nodes have that size.
 *
 * <p>Reasons: {@code malformed}, {@code index-out-of-range} (an order beyond the items), {@code
 * branch-length}, {@code inner-node-as-tx} (64 bytes), {@code root-mismatch}.
 *
 * <p>Polkadot SDK {@code binary-merkle-tree/src/lib.rs}; Snowbridge {@code
 * SubstrateMerkleProof.sol}.
 *
 * @param order bit i tells that item i stands to the left
 */
public record HeadProof(long order, List<Hash32> items) {
  /** Most items: a million parachains. */
  public static final int MAX_ITEMS = 20;

  private static final int INNER_SIZE = 64;

  public HeadProof {
    items = List.copyOf(items);
  }

  /**
   * Makes the proof from what {@code binary-merkle-tree} gives.
   *
   * @param index of the leaf among {@code width}
   */
  public static HeadProof of(long index, long width, List<Hash32> items) {
    long order = 0;
    int used = 0;
    for (long at = index, last = width - 1; last > 0; last >>= 1, at >>= 1) {
      if ((at & 1) == 1 || at < last) {
        order |= (at & 1) << used++;
      }
    }
    return new HeadProof(order, items);
  }

  /**
   * @throws DecodeException if it is no proof
   */
  static HeadProof decode(Bytes encoded) {
    return Messages.decode(
        encoded, in -> new HeadProof(in.u64(), in.list(MAX_ITEMS, each -> each.hash())));
  }

  public Bytes encode() {
    return Messages.begin().u64(order).list(items, (to, each) -> to.hash(each)).toBytes();
  }

  /** Whether the claimed head stands under {@code root}. */
  static Verdict<HeadProof> verify(Claim claim, StatePath path, Hash32 root) {
    HeadProof proof;
    try {
      proof = decode(claim.proof());
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    ParachainHead head = new ParachainHead(path.paraId(), claim.value());
    if (claim.value().size() > ParachainHead.MAX_HEAD) {
      return Verdict.reject(RejectionCode.MALFORMED, claim.value().size() + " bytes of head");
    }
    if (head.encode().size() == INNER_SIZE) {
      return Verdict.reject(RejectionCode.INNER_NODE_AS_TX, "a leaf as large as an inner node");
    }
    return Mmr.fold(head.hash(), proof.items(), proof.order())
        .then(
            folded ->
                folded.equals(root)
                    ? Verdict.accept(proof)
                    : Verdict.reject(RejectionCode.ROOT_MISMATCH, "the root is " + folded));
  }
}
