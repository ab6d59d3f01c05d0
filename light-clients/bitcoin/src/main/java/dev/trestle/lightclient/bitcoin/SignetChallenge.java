package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.ScriptReader;
import dev.trestle.lightclient.bitcoin.script.ScriptReader.Operation;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The script that every block of a signet must satisfy (BIP-325), in a form that is run here. */
public final class SignetChallenge {
  /** Bytes of the largest: sixteen keys. */
  public static final int MAX_SIZE = 3 + 16 * 34;

  /** That of the public signet: one of two keys (Bitcoin Core, {@code chainparams.cpp}). */
  public static final SignetChallenge PUBLIC =
      parse(
              Bytes.fromHex(
                  "512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430"
                      + "210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae"))
          .orThrow();

  private static final int MAX_KEYS = 16;
  private static final int MAGIC_SIZE = 4;

  private final Bytes script;
  private final Form form;

  private SignetChallenge(Bytes script, Form form) {
    this.script = script;
    this.form = form;
  }

  /** What must be shown to satisfy a challenge. */
  public sealed interface Form {
    /** Signatures that are checked at most. */
    int checks();
  }

  /**
   * {@code required} signatures in the order of the keys.
   *
   * @param multisig whether by OP_CHECKMULTISIG, which takes one more element; else by OP_CHECKSIG
   */
  public record Keys(int required, List<PublicKey> keys, boolean multisig) implements Form {
    public Keys {
      keys = List.copyOf(keys);
    }

    @Override
    public int checks() {
      return keys.size();
    }
  }

  /** A key with this hash (BIP-141, P2WPKH). */
  public record KeyHash(Bytes hash) implements Form {
    @Override
    public int checks() {
      return 1;
    }
  }

  /** A script of the form {@link Keys} with this hash (BIP-141, P2WSH). */
  public record ScriptHash(Bytes hash) implements Form {
    @Override
    public int checks() {
      return MAX_KEYS;
    }
  }

  /**
   * Rejects every form that is not run here ({@link SignetCode#CHALLENGE_NOT_SUPPORTED}): {@code
   * OP_TRUE} and P2TR among them, under which everyone can make blocks.
   */
  public static Verdict<SignetChallenge> parse(Bytes script) {
    if (script.size() > MAX_SIZE) {
      return Verdict.reject(SignetCode.CHALLENGE_NOT_SUPPORTED, script.size() + " bytes");
    }
    Optional<Form> form = keys(script).map(Form.class::cast).or(() -> witness(script));
    return form.map(found -> Verdict.accept(new SignetChallenge(script, found)))
        .orElseGet(() -> Verdict.reject(SignetCode.CHALLENGE_NOT_SUPPORTED, script.toHex()));
  }

  private static Optional<Form> witness(Bytes script) {
    return OutputScript.classify(script)
        .flatMap(
            type ->
                switch (type) {
                  case P2WPKH -> Optional.of(new KeyHash(script.slice(2, script.size())));
                  case P2WSH -> Optional.of(new ScriptHash(script.slice(2, script.size())));
                  case P2PKH, P2SH, P2TR -> Optional.empty();
                });
  }

  /** Empty unless {@code script} is one compressed key, or m of n of them. */
  static Optional<Keys> keys(Bytes script) {
    List<Operation> all = ScriptReader.all(script).orElse(List.of());
    if (all.size() == 2 && all.getLast().opcode() == Opcode.OP_CHECKSIG) {
      return points(all.subList(0, 1)).map(keys -> new Keys(1, keys, false));
    }
    int last = all.size() - 1;
    if (last < 3 || all.get(last).opcode() != Opcode.OP_CHECKMULTISIG) {
      return Optional.empty();
    }
    int required = all.getFirst().opcode() - Opcode.OP_1 + 1;
    int count = all.get(last - 1).opcode() - Opcode.OP_1 + 1;
    boolean fits =
        required >= 1 && required <= count && count <= MAX_KEYS && count == all.size() - 3;
    return fits
        ? points(all.subList(1, last - 1)).map(keys -> new Keys(required, keys, true))
        : Optional.empty();
  }

  private static Optional<List<PublicKey>> points(List<Operation> pushes) {
    List<PublicKey> keys = new ArrayList<>();
    for (Operation each : pushes) {
      // in its plain form: another push of the same key would be another script
      boolean plain = each.opcode() == PublicKey.SIZE && each.data().size() == PublicKey.SIZE;
      if (!plain || !Secp256k1.instance().isPublicKey(each.data())) {
        return Optional.empty();
      }
      keys.add(new PublicKey(each.data()));
    }
    return Optional.of(keys);
  }

  /** As an output script. */
  public Bytes script() {
    return script;
  }

  public Form form() {
    return form;
  }

  /** What P2P messages of this signet begin with: 4 bytes (BIP-325, Message Start). */
  public Bytes magic() {
    Bytes written = new WireWriter().bytes(script).toBytes();
    return Digests.sha256d(written).bytes().slice(0, MAGIC_SIZE);
  }
}
