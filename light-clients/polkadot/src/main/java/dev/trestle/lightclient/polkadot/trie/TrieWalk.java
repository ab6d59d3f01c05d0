package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One walk from the root to where a key ends. Nodes are found by their hash only.
 *
 * <p>Rejects with {@code root-mismatch} (no node of a hash that is asked for), {@code malformed}
 * (an empty child, or a node that no trie has) and {@code unexpected-element} (nodes that the key
 * does not lead to). Polkadot specification, "State storage".
 */
final class TrieWalk {
  private final Map<Hash32, Bytes> left = new HashMap<>();

  TrieWalk(List<Bytes> nodes) {
    for (Bytes node : nodes) {
      if (left.put(Digests.blake2b256(node), node) != null) {
        throw new DecodeException("a node twice");
      }
    }
  }

  Verdict<Optional<Bytes>> read(Hash32 root, Bytes key) {
    return take(root)
        .then(encoded -> walk(encoded, key))
        .then(
            found ->
                left.isEmpty()
                    ? Verdict.accept(found)
                    : Verdict.reject(
                        RejectionCode.UNEXPECTED_ELEMENT, left.size() + " nodes lead elsewhere"));
  }

  private Verdict<Optional<Bytes>> walk(Bytes rootNode, Bytes key) {
    TrieNode node = TrieNode.decode(rootNode);
    int at = 0;
    while (true) {
      switch (node) {
        case TrieNode.Empty empty -> {
          return at == 0 ? absent() : Verdict.reject(RejectionCode.MALFORMED, "an empty child");
        }
        case TrieNode.Leaf(Bytes partial, TrieNode.Value value) -> {
          return key.slice(at, key.size()).equals(partial) ? value(value) : absent();
        }
        case TrieNode.Branch branch -> {
          if (!Nibbles.startsWith(key, at, branch.partial())) {
            return absent();
          }
          at += branch.partial().size();
          if (at == key.size()) {
            return branch.value().map(this::value).orElseGet(TrieWalk::absent);
          }
          Optional<TrieNode.Child> child = branch.children().get(key.at(at));
          at++;
          if (child.isEmpty()) {
            return absent();
          }
          Verdict<Bytes> next = take(child.get());
          if (!(next instanceof Verdict.Accepted<Bytes>(Bytes encoded))) {
            return next.then(none -> absent());
          }
          node = TrieNode.decode(encoded);
        }
      }
    }
  }

  private static Verdict<Optional<Bytes>> absent() {
    return Verdict.accept(Optional.empty());
  }

  private Verdict<Optional<Bytes>> value(TrieNode.Value value) {
    return switch (value) {
      case TrieNode.Value.Inline(Bytes bytes) -> Verdict.accept(Optional.of(bytes));
      case TrieNode.Value.Hashed(Hash32 hash) ->
          take(hash).then(bytes -> Verdict.accept(Optional.of(bytes)));
    };
  }

  private Verdict<Bytes> take(TrieNode.Child child) {
    return switch (child) {
      case TrieNode.Child.Inline(Bytes node) -> Verdict.accept(node);
      case TrieNode.Child.Hashed(Hash32 hash) -> take(hash);
    };
  }

  private Verdict<Bytes> take(Hash32 hash) {
    return Optional.ofNullable(left.remove(hash))
        .<Verdict<Bytes>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.ROOT_MISMATCH, "no node of hash " + hash));
  }
}
