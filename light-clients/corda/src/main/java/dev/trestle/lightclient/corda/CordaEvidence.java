package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;

/**
 * Evidence that the notary signed two transactions that consume one state: {@code u8 version = 1 |
 * u8 kind | transaction}, then for kind 1 the other transaction, for kind 2 nothing: the other one
 * is kept by the client.
 */
public sealed interface CordaEvidence {
  record Pair(NotarisedTransaction first, NotarisedTransaction second) implements CordaEvidence {}

  record AgainstKnown(NotarisedTransaction transaction) implements CordaEvidence {}

  default Bytes encode() {
    CanonicalWriter out = Messages.begin();
    switch (this) {
      case Pair(NotarisedTransaction first, NotarisedTransaction second) -> {
        first.write(out.u8(1));
        second.write(out);
      }
      case AgainstKnown(NotarisedTransaction transaction) -> transaction.write(out.u8(2));
    }
    return out.toBytes();
  }

  /**
   * @throws DecodeException if it is of another kind or holds no transactions
   */
  static CordaEvidence read(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Pair(NotarisedTransaction.read(in), NotarisedTransaction.read(in));
      case 2 -> new AgainstKnown(NotarisedTransaction.read(in));
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }
}
