package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Expands a compact proof ({@code sp_trie::CompactProof}, {@code trie_db::trie_codec}): the nodes
 * stand in the order of a walk that visits a node before its children; an empty reference stands
 * for the hash of a child that follows; a node that starts with {@link #ESCAPE} has a hashed value,
 * which follows it at once.
 */
final class CompactNodes {
  private static final int ESCAPE = 1;
  private static final TrieNode.Value OMITTED = new TrieNode.Value.Inline(Bytes.EMPTY);

  private final List<Bytes> compact;
  private final List<Bytes> expanded = new ArrayList<>();
  private int at;

  private CompactNodes(List<Bytes> compact) {
    this.compact = compact;
  }

  /**
   * The nodes with all hashes, and the hashed values.
   *
   * @throws DecodeException if it is not a compact proof
   */
  static List<Bytes> expand(List<Bytes> compact) {
    CompactNodes nodes = new CompactNodes(compact);
    nodes.expand();
    if (nodes.at != compact.size()) {
      throw new DecodeException((compact.size() - nodes.at) + " nodes too many");
    }
    return nodes.expanded;
  }

  /** At most as deep as there are nodes. */
  private Bytes expand() {
    Bytes own = next();
    boolean escaped = !own.isEmpty() && own.at(0) == ESCAPE;
    TrieNode node = TrieNode.decode(escaped ? own.slice(1, own.size()) : own);
    if (escaped) {
      Bytes value = next();
      expanded.add(value);
      node = withValue(node, new TrieNode.Value.Hashed(Digests.blake2b256(value)));
    }
    if (node instanceof TrieNode.Branch branch) {
      node = withChildren(branch);
    }
    Bytes encoded = node.encode();
    expanded.add(encoded);
    return encoded;
  }

  private Bytes next() {
    if (at == compact.size()) {
      throw new DecodeException("a node or a value is missing");
    }
    return compact.get(at++);
  }

  private static TrieNode withValue(TrieNode node, TrieNode.Value value) {
    return switch (node) {
      case TrieNode.Leaf leaf when leaf.value().equals(OMITTED) ->
          new TrieNode.Leaf(leaf.partial(), value);
      case TrieNode.Branch branch when branch.value().equals(Optional.of(OMITTED)) ->
          new TrieNode.Branch(branch.partial(), Optional.of(value), branch.children());
      case TrieNode.Empty empty -> throw new DecodeException("an empty trie with a value");
      case TrieNode.Leaf leaf -> throw new DecodeException("a value twice");
      case TrieNode.Branch branch -> throw new DecodeException("a value twice or without place");
    };
  }

  private TrieNode withChildren(TrieNode.Branch branch) {
    List<Optional<TrieNode.Child>> children = new ArrayList<>();
    for (Optional<TrieNode.Child> child : branch.children()) {
      children.add(child.map(this::withHash));
    }
    return new TrieNode.Branch(branch.partial(), branch.value(), List.copyOf(children));
  }

  private TrieNode.Child withHash(TrieNode.Child child) {
    return child instanceof TrieNode.Child.Inline(Bytes node) && node.isEmpty()
        ? new TrieNode.Child.Hashed(Digests.blake2b256(expand()))
        : child;
  }
}
