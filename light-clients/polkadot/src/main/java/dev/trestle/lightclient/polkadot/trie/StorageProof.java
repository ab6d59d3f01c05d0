package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.Optional;

/**
 * What stands under one key of the state, or that nothing does. Encoding: {@code u8 version = 1 |
 * u8 form | list of bytes}; form 1 holds the nodes and hashed values as {@code state_getReadProof}
 * returns them, in any order; form 2 is {@code sp_trie::CompactProof}, in which hashes of nodes
 * that are there themselves are left out.
 *
 * <p>Reasons of {@link #read}: {@code malformed} (not a node, a proof of over {@link #MAX_NODES}
 * nodes, a node twice), {@code root-mismatch} (no node has the hash that the root or a node asks
 * for), {@code unexpected-element} (a node that the key does not lead to), {@code not-supported} (a
 * key of a child trie, whose own trie this one does not show).
 *
 * <p>Polkadot specification, "State storage"; Polkadot SDK {@code trie/src/trie_codec.rs} for the
 * compact form.
 */
public record StorageProof(Form form, List<Bytes> nodes) {
  /** Most nodes and hashed values. */
  public static final int MAX_NODES = 128;

  /** Longest key in bytes. */
  public static final int MAX_KEY = 512;

  private static final int VERSION = 1;
  private static final Bytes CHILD_TRIES = Bytes.utf8(":child_storage:");

  /** How the nodes are written. */
  public enum Form {
    NODES(1),
    COMPACT(2);

    private final int tag;

    Form(int tag) {
      this.tag = tag;
    }
  }

  public StorageProof {
    nodes = List.copyOf(nodes);
  }

  /**
   * @throws DecodeException if it is no proof
   */
  public static StorageProof decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, StorageProof::read);
  }

  private static StorageProof read(CanonicalReader in) {
    int version = in.u8();
    int tag = in.u8();
    if (version != VERSION) {
      throw new DecodeException("proof version " + version);
    }
    for (Form form : Form.values()) {
      if (form.tag == tag) {
        return new StorageProof(form, in.list(MAX_NODES, each -> each.bytes(TrieNode.MAX_SIZE)));
      }
    }
    throw new DecodeException("a proof of form " + tag);
  }

  public Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u8(form.tag)
        .list(nodes, CanonicalWriter::bytes)
        .toBytes();
  }

  /**
   * The value under {@code key} in the trie of this root, or nothing if there is none. Every hash
   * and node is checked; see the class for the reasons of rejection.
   */
  public Verdict<Optional<Bytes>> read(Hash32 root, Bytes key) {
    if (key.size() > MAX_KEY) {
      return Verdict.reject(RejectionCode.MALFORMED, "a key of " + key.size() + " bytes");
    }
    if (key.size() >= CHILD_TRIES.size() && key.slice(0, CHILD_TRIES.size()).equals(CHILD_TRIES)) {
      return Verdict.reject(RejectionCode.NOT_SUPPORTED, "child tries");
    }
    try {
      return new TrieWalk(form == Form.COMPACT ? CompactNodes.expand(nodes) : nodes)
          .read(root, Nibbles.of(key));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
