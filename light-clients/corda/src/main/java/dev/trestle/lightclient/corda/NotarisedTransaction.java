package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * A transaction cut to what says who notarised it and what it consumes: {@code groups | notaryNonce
 * 32 | parametersNonce 32 | list of (nonce 32, bytes input) | list of signature}. It names neither
 * its identifier, which follows from the groups, nor the notary and the parameters, which the
 * client knows.
 *
 * @param inputs all of them, in their order, each as Corda serialised its {@code StateRef}
 * @param signatures by ascending place, at least as many as the notary's key asks for
 */
public record NotarisedTransaction(
    GroupHashes groups,
    Hash32 notaryNonce,
    Hash32 parametersNonce,
    List<Input> inputs,
    List<NotarySignature> signatures) {
  /** Most inputs. */
  public static final int MAX_INPUTS = 128;

  /** Largest serialised reference to a state in bytes. */
  public static final int MAX_INPUT = 4_096;

  public NotarisedTransaction {
    inputs = List.copyOf(inputs);
    signatures = List.copyOf(signatures);
  }

  /** A reference to a state that is consumed, and its nonce. */
  public record Input(Hash32 nonce, Bytes component) {
    private void write(CanonicalWriter out) {
      out.hash(nonce).bytes(component);
    }

    private static Input read(CanonicalReader in) {
      return new Input(in.hash(), in.bytes(MAX_INPUT));
    }
  }

  /**
   * @throws DecodeException if it is none
   */
  public static NotarisedTransaction decode(Bytes encoded) {
    return CanonicalReader.decode(encoded, NotarisedTransaction::read);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  void write(CanonicalWriter out) {
    groups.write(out);
    out.hash(notaryNonce)
        .hash(parametersNonce)
        .list(inputs, (to, input) -> input.write(to))
        .list(signatures, (to, signature) -> signature.write(to));
  }

  static NotarisedTransaction read(CanonicalReader in) {
    return new NotarisedTransaction(
        GroupHashes.read(in),
        in.hash(),
        in.hash(),
        in.list(MAX_INPUTS, Input::read),
        in.list(CordaKey.MAX_KEYS, NotarySignature::read));
  }
}
