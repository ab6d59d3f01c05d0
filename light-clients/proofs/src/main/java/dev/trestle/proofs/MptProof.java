package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/**
 * Proofs of presence and absence in a Merkle-Patricia trie (Yellow Paper, appendix D; EIP-1186).
 * Every node is hashed, decoded strictly and used; a node that no canonical trie has is refused.
 *
 * <p>Refuses with {@link ProofError#MALFORMED} (a key over the limit; a node that is no canonical
 * RLP, has other than 2 or 17 items, undefined hex-prefix flags, a branch or extension of nothing,
 * or belongs into its parent), {@link ProofError#ROOT_MISMATCH} (a node is not the one that its
 * parent or the root names), {@link ProofError#PROOF_TOO_SHORT}, {@link ProofError#TRAILING_NODES},
 * {@link ProofError#TOO_DEEP} and, from {@link #get}, {@link ProofError#ABSENT}.
 */
public final class MptProof {
  /** Longest key in bytes. */
  public static final int MAX_KEY = 64;

  /** Most nodes of a proof: one a nibble and the leaf. */
  public static final int MAX_NODES = 2 * MAX_KEY + 1;

  /** Root of the trie without entries: keccak256 of the RLP of the empty string. */
  public static final Hash32 EMPTY_ROOT = Digests.keccak256(Bytes.fromHex("80"));

  private final Bytes key;
  private final List<Bytes> nodes;
  private int used;

  private MptProof(Bytes key, List<Bytes> nodes) {
    this.key = MptNode.nibbles(key);
    this.nodes = nodes;
  }

  /**
   * What stands under {@code key}: accepted with the value, or accepted and empty when the proof
   * shows that nothing does. anvil keeps a cleared storage slot as a leaf of value 0x80: a reader
   * of storage must treat that as absence.
   *
   * @param key as the trie is keyed: not hashed here
   * @param nodes encoded nodes from the root down; embedded nodes are not listed
   */
  public static Verdict<Optional<Bytes>> lookup(Hash32 root, Bytes key, List<Bytes> nodes) {
    if (key.size() > MAX_KEY) {
      return Verdict.reject(ProofError.MALFORMED, "a key of " + key.size() + " bytes");
    }
    if (nodes.size() > MAX_NODES) {
      return Verdict.reject(ProofError.TOO_DEEP, nodes.size() + " nodes");
    }
    try {
      MptProof walk = new MptProof(key, nodes);
      Optional<Bytes> value = root.equals(EMPTY_ROOT) ? Optional.empty() : walk.walk(root);
      if (walk.used != nodes.size()) {
        return Verdict.reject(
            ProofError.TRAILING_NODES, (nodes.size() - walk.used) + " nodes too many");
      }
      return Verdict.accept(value);
    } catch (BrokenLink e) {
      return Verdict.reject(e.error, "at node " + e.node);
    } catch (DecodeException e) {
      return Verdict.reject(ProofError.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** As {@link #lookup}, with {@link ProofError#ABSENT} where nothing stands. */
  public static Verdict<Bytes> get(Hash32 root, Bytes key, List<Bytes> nodes) {
    return lookup(root, key, nodes)
        .then(
            value ->
                value
                    .map(Verdict::accept)
                    .orElseGet(() -> Verdict.reject(ProofError.ABSENT, "no entry under " + key)));
  }

  private Optional<Bytes> walk(Hash32 root) {
    RlpItem node = next(root, true);
    boolean afterExtension = false;
    int at = 0;
    while (true) {
      RlpItem child;
      switch (MptNode.parse(node)) {
        case MptNode.Leaf(Bytes path, Bytes value) -> {
          refuseAfterExtension(afterExtension);
          return key.slice(at, key.size()).equals(path) ? Optional.of(value) : Optional.empty();
        }
        case MptNode.Extension(Bytes path, RlpItem below) -> {
          refuseAfterExtension(afterExtension);
          int end = at + path.size();
          if (end > key.size() || !key.slice(at, end).equals(path)) {
            return Optional.empty();
          }
          at = end;
          child = below;
          afterExtension = true;
        }
        case MptNode.Branch(List<RlpItem> children, Bytes value) -> {
          if (at == key.size()) {
            return value.isEmpty() ? Optional.empty() : Optional.of(value);
          }
          child = children.get(key.at(at++));
          if (MptNode.isEmpty(child)) {
            return Optional.empty();
          }
          afterExtension = false;
        }
      }
      node =
          switch (child) {
            case RlpItem.Text(Bytes hash) -> next(new Hash32(hash), false);
            case RlpItem.Sequence embedded -> embedded;
          };
    }
  }

  /** In a canonical trie only a branch stands below an extension. */
  private static void refuseAfterExtension(boolean afterExtension) {
    if (afterExtension) {
      throw new DecodeException("an extension that does not end in a branch");
    }
  }

  private RlpItem next(Hash32 expected, boolean root) {
    if (used == nodes.size()) {
      throw new BrokenLink(ProofError.PROOF_TOO_SHORT, used);
    }
    Bytes encoded = nodes.get(used);
    if (!Digests.keccak256(encoded).equals(expected)) {
      throw new BrokenLink(ProofError.ROOT_MISMATCH, used);
    }
    if (!root && encoded.size() < MptNode.HASHED_FROM) {
      throw new DecodeException("a node that belongs into its parent");
    }
    used++;
    return Rlp.decode(encoded);
  }

  private static final class BrokenLink extends RuntimeException {
    private final transient ProofError error;
    private final int node;

    BrokenLink(ProofError error, int node) {
      super(error.code(), null, false, false);
      this.error = error;
      this.node = node;
    }
  }
}
