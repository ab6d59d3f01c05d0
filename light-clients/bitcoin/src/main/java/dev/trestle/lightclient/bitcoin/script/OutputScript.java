package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Secp256k1;
import java.util.Optional;

/** Standard output scripts (scriptPubKey). */
public final class OutputScript {
  private OutputScript() {}

  /** A standard form, with the least amount that nodes relay (dust limit) in satoshi. */
  public enum Type {
    P2PKH(546),
    P2SH(546),
    P2WPKH(294),
    P2WSH(330),
    P2TR(330);

    private final long dustLimit;

    Type(long dustLimit) {
      this.dustLimit = dustLimit;
    }

    public long dustLimit() {
      return dustLimit;
    }
  }

  public static Bytes p2pkh(Bytes pubKeyHash) {
    return new ScriptBuilder()
        .op(Opcode.OP_DUP)
        .op(Opcode.OP_HASH160)
        .push(sized(pubKeyHash, 20))
        .op(Opcode.OP_EQUALVERIFY)
        .op(Opcode.OP_CHECKSIG)
        .build();
  }

  public static Bytes p2sh(Bytes scriptHash) {
    return new ScriptBuilder()
        .op(Opcode.OP_HASH160)
        .push(sized(scriptHash, 20))
        .op(Opcode.OP_EQUAL)
        .build();
  }

  public static Bytes p2wpkh(Bytes pubKeyHash) {
    return witness(0, sized(pubKeyHash, 20));
  }

  /** Pays to a witness script (BIP-141). */
  public static Bytes p2wsh(Bytes witnessScript) {
    return witness(0, Digests.sha256(witnessScript).bytes());
  }

  /** Pays to a Taproot output key (BIP-341), which is an x coordinate. */
  public static Bytes p2tr(Hash32 outputKey) {
    return witness(1, outputKey.bytes());
  }

  /** A script of a form, for the size and the dust limit of what pays to one. Never to be paid. */
  public static Bytes example(Type type) {
    Bytes hash = Bytes.wrap(new byte[20]);
    return switch (type) {
      case P2PKH -> p2pkh(hash);
      case P2SH -> p2sh(hash);
      case P2WPKH -> p2wpkh(hash);
      case P2WSH -> p2wsh(Bytes.EMPTY);
      case P2TR -> p2tr(TaprootOutput.NUMS_KEY);
    };
  }

  /** A witness program of any version. */
  static Bytes witness(int version, Bytes program) {
    return new ScriptBuilder().number(version).push(program).build();
  }

  /**
   * The form of {@code script}; empty where it is not one of {@link Type}. A P2TR output whose key
   * is not on the curve is none: nobody can ever spend it by key, and we do not pay it.
   */
  public static Optional<Type> classify(Bytes script) {
    if (script.size() == 25 && script.equals(p2pkh(script.slice(3, 23)))) {
      return Optional.of(Type.P2PKH);
    }
    if (script.size() == 23 && script.equals(p2sh(script.slice(2, 22)))) {
      return Optional.of(Type.P2SH);
    }
    if (script.size() == 22 && script.equals(witness(0, script.slice(2, 22)))) {
      return Optional.of(Type.P2WPKH);
    }
    if (script.size() == 34 && script.equals(witness(0, script.slice(2, 34)))) {
      return Optional.of(Type.P2WSH);
    }
    boolean taproot =
        script.size() == 34
            && script.equals(witness(1, script.slice(2, 34)))
            && Secp256k1.instance()
                .isPublicKey(Bytes.concat(Bytes.fromHex("02"), script.slice(2, 34)));
    return taproot ? Optional.of(Type.P2TR) : Optional.empty();
  }

  private static Bytes sized(Bytes hash, int size) {
    if (hash.size() != size) {
      throw new IllegalArgumentException(size + " bytes wanted, not " + hash.size());
    }
    return hash;
  }
}
