package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.util.List;

/**
 * Evidence that two ledgers of one index were validated: {@code u8 version = 1 | u8 kind | header
 * 118 | list of bytes validation}, then for kind 1 the same of another ledger, for kind 2 nothing:
 * the other one is known to the client.
 */
public sealed interface XrplEvidence {
  /** A ledger with its validations. */
  record Validated(LedgerHeader header, List<Bytes> validations) {
    public Validated {
      validations = List.copyOf(validations);
    }

    private void write(CanonicalWriter out) {
      out.fixed(header.encode()).list(validations, CanonicalWriter::bytes);
    }

    private static Validated read(CanonicalReader in) {
      return new Validated(LedgerHeader.read(in), LedgerStep.readValidations(in));
    }
  }

  record Pair(Validated first, Validated second) implements XrplEvidence {}

  record AgainstKnown(Validated ledger) implements XrplEvidence {}

  default Bytes encode() {
    CanonicalWriter out = Messages.begin();
    switch (this) {
      case Pair(Validated first, Validated second) -> {
        first.write(out.u8(1));
        second.write(out);
      }
      case AgainstKnown(Validated ledger) -> ledger.write(out.u8(2));
    }
    return out.toBytes();
  }

  static XrplEvidence read(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Pair(Validated.read(in), Validated.read(in));
      case 2 -> new AgainstKnown(Validated.read(in));
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }
}
