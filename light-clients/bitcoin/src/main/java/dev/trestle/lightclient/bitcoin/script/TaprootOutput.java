package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.util.List;
import java.util.Optional;

/**
 * A Taproot output: an internal key tweaked by the root of a tree of scripts (BIP-341).
 *
 * @param internalKey x coordinate
 * @param tree empty where only the key can spend
 * @param outputKey x coordinate of the tweaked key
 * @param oddOutputKey whether its y is odd, which the control block carries
 */
public record TaprootOutput(
    Hash32 internalKey, Optional<TapTree> tree, Hash32 outputKey, boolean oddOutputKey) {
  /** The point of BIP-341 whose discrete logarithm nobody knows: no spending by key. */
  public static final Hash32 NUMS_KEY =
      Hash32.fromHex("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0");

  /** Deepest leaf (BIP-341). */
  public static final int MAX_DEPTH = 128;

  private static final int BASE_SIZE = 33;
  private static final Bytes EVEN = Bytes.fromHex("02");

  /**
   * @throws IllegalArgumentException if {@code internalKey} is not on the curve
   */
  public static TaprootOutput of(Hash32 internalKey, Optional<TapTree> tree) {
    Hash32 tweak = tweak(internalKey, tree.map(TapTree::hash));
    PublicKey tweaked =
        tweakedKey(internalKey, tweak)
            .orElseThrow(() -> new IllegalArgumentException("the internal key cannot be tweaked"));
    return new TaprootOutput(internalKey, tree, tweaked.xOnly(), !tweaked.hasEvenY());
  }

  /** A tree that no key can spend. */
  public static TaprootOutput scriptsOnly(TapTree tree) {
    return of(NUMS_KEY, Optional.of(tree));
  }

  /** TapTweak hash of an internal key and, if there is one, the root of a tree. */
  public static Hash32 tweak(Hash32 internalKey, Optional<Hash32> root) {
    return Digests.tagged(
        "TapTweak", internalKey.bytes(), root.map(Hash32::bytes).orElse(Bytes.EMPTY));
  }

  /** Output script. */
  public Bytes script() {
    return OutputScript.p2tr(outputKey);
  }

  /** Control block that proves {@code leaf}; empty if the leaf is not in the tree. */
  public Optional<Bytes> controlBlock(TapTree.Leaf leaf) {
    return tree.flatMap(root -> root.path(leaf))
        .map(
            path -> {
              int first = leaf.version() | (oddOutputKey ? 1 : 0);
              Bytes block =
                  Bytes.concat(Bytes.wrap(new byte[] {(byte) first}), internalKey.bytes());
              for (Hash32 sibling : path) {
                block = Bytes.concat(block, sibling.bytes());
              }
              return block;
            });
  }

  /**
   * Whether {@code controlBlock} proves that {@code leafScript} may spend {@code outputScript},
   * under the leaf version of BIP-342.
   */
  public static boolean commits(Bytes outputScript, Bytes leafScript, Bytes controlBlock) {
    return scriptOf(leafScript, controlBlock).filter(outputScript::equals).isPresent();
  }

  /**
   * The output script that {@code controlBlock} and {@code leafScript} belong to, under the leaf
   * version of BIP-342; empty where there can be none.
   */
  public static Optional<Bytes> scriptOf(Bytes leafScript, Bytes controlBlock) {
    int size = controlBlock.size();
    if (size < BASE_SIZE
        || (size - BASE_SIZE) % Hash32.SIZE != 0
        || (size - BASE_SIZE) / Hash32.SIZE > MAX_DEPTH
        || (controlBlock.at(0) & 0xfe) != TapTree.TAPSCRIPT) {
      return Optional.empty();
    }
    Hash32 node = TapTree.Leaf.of(leafScript).hash();
    for (int at = BASE_SIZE; at < size; at += Hash32.SIZE) {
      node = TapTree.branchHash(node, new Hash32(controlBlock.slice(at, at + Hash32.SIZE)));
    }
    Hash32 internalKey = new Hash32(controlBlock.slice(1, BASE_SIZE));
    boolean odd = (controlBlock.at(0) & 1) != 0;
    return tweakedKey(internalKey, tweak(internalKey, Optional.of(node)))
        .filter(key -> key.hasEvenY() != odd)
        .map(key -> OutputScript.p2tr(key.xOnly()));
  }

  /** Whether {@code key} is an x coordinate of a point on the curve. */
  public static boolean isXOnlyKey(Hash32 key) {
    return Secp256k1.instance().isPublicKey(Bytes.concat(EVEN, key.bytes()));
  }

  /**
   * Witness of a script-path spend: the stack from the bottom up, the script, its control block.
   */
  public static List<Bytes> scriptPathWitness(
      List<Bytes> stack, Bytes leafScript, Bytes controlBlock) {
    List<Bytes> witness = new java.util.ArrayList<>(stack);
    witness.add(leafScript);
    witness.add(controlBlock);
    return List.copyOf(witness);
  }

  private static Optional<PublicKey> tweakedKey(Hash32 internalKey, Hash32 tweak) {
    return isXOnlyKey(internalKey)
        ? Secp256k1.instance()
            .tweakAdd(new PublicKey(Bytes.concat(EVEN, internalKey.bytes())), tweak)
        : Optional.empty();
  }
}
