package dev.trestle.lightclient.corda;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * Roots of all component groups of a transaction by ordinal, the leaves of the tree whose root is
 * its identifier ({@code FilteredTransaction.groupHashes}). Encoding: {@code list of hash 32}.
 *
 * <p>Always {@link #MIN} to {@link #MAX}, so that the tree has {@link #MAX} places. The tree does
 * not say where groups end and components begin: a list of half or double the length would have the
 * same root and other groups. With the network parameters, which a notary asks for since platform
 * version 4, there are never fewer than nine groups; and the notary's group, a single leaf whose
 * preimage has 32 bytes, can stand at no other level ({@link NotaryRules}).
 *
 * @param roots {@link CordaTree#ABSENT} for a group without components; never the zero hash, which
 *     pads the tree
 */
public record GroupHashes(List<Hash32> roots) {
  /** Groups up to that of the network parameters. */
  public static final int MIN = ComponentGroup.PARAMETERS.number() + 1;

  /** Places of the tree. */
  public static final int MAX = 16;

  public GroupHashes {
    roots = List.copyOf(roots);
    if (roots.size() < MIN || roots.size() > MAX) {
      throw new IllegalArgumentException(roots.size() + " groups");
    }
    if (roots.contains(Hash32.ZERO)) {
      throw new IllegalArgumentException("padding as a group");
    }
  }

  /** The transaction's identifier. */
  public Hash32 id() {
    return CordaTree.root(roots);
  }

  int count() {
    return roots.size();
  }

  Hash32 of(ComponentGroup group) {
    return roots.get(group.number());
  }

  void write(CanonicalWriter out) {
    out.list(roots, CanonicalWriter::hash);
  }

  /**
   * @throws DecodeException if there are too many or too few, or one is the padding
   */
  static GroupHashes read(CanonicalReader in) {
    return new GroupHashes(in.list(MAX, CanonicalReader::hash));
  }
}
