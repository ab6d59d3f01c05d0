package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.List;
import java.util.Optional;

/**
 * One step of an update: {@code optional list | list of bytes manifest | header 118 | list of bytes
 * validation}. A new list and new manifests count for the validations of the same step.
 *
 * @param list a newer list of the publisher: {@code bytes manifest | bytes blob | bytes signature}
 * @param manifests with which members name new signing keys, or revoke their key
 * @param validations of the ledger
 */
public record LedgerStep(
    Optional<SignedList> list,
    List<Bytes> manifests,
    LedgerHeader header,
    List<Bytes> validations) {
  public LedgerStep {
    manifests = List.copyOf(manifests);
    validations = List.copyOf(validations);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().optional(list, (to, signed) -> signed.write(to));
    out.list(manifests, CanonicalWriter::bytes).fixed(header.encode());
    return out.list(validations, CanonicalWriter::bytes).toBytes();
  }

  static LedgerStep read(CanonicalReader in) {
    return new LedgerStep(
        in.optional(SignedList::read),
        in.list(ValidatorList.MAX_MEMBERS, each -> each.bytes(Manifest.MAX_SIZE)),
        LedgerHeader.read(in),
        readValidations(in));
  }

  static List<Bytes> readValidations(CanonicalReader in) {
    return in.list(ValidatorList.MAX_MEMBERS, each -> each.bytes(Validation.MAX_SIZE));
  }
}
