package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;

/**
 * What a client starts from: {@code u8 version = 1 | rules | list | header 118}. The list must
 * carry its publisher's signature and be in force when the ledger closed.
 *
 * @param list as in {@link LedgerStep}
 * @param header a validated ledger that whoever registers the network trusts
 */
public record XrplAnchor(XrplRules rules, SignedList list, LedgerHeader header) {
  /**
   * @throws DecodeException if it is no anchor
   */
  public static XrplAnchor decode(Bytes encoded) {
    return Messages.decode(encoded, XrplAnchor::read);
  }

  static XrplAnchor read(CanonicalReader in) {
    return new XrplAnchor(XrplRules.read(in), SignedList.read(in), LedgerHeader.read(in));
  }

  public Bytes encode() {
    CanonicalWriter out = Messages.begin();
    rules.write(out);
    list.write(out);
    return out.fixed(header.encode()).toBytes();
  }
}
