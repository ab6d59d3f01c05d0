package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.Messages;

/**
 * What a BEEFY client starts from: {@code u8 version = 1 | rules | current set | next set | range
 * header}; a set is {@code u64 id | u32 length | root 32}.
 *
 * @param next the set after the current one
 * @param latest a commitment that whoever registers the chain trusts
 */
public record BeefyAnchor(
    ChainRules rules, ValidatorSet current, ValidatorSet next, RangeHeader latest) {
  public BeefyAnchor {
    if (next.id() != current.id() + 1) {
      throw new IllegalArgumentException("set " + next.id() + " after " + current.id());
    }
  }

  /**
   * @throws DecodeException if it is no anchor
   */
  public static BeefyAnchor decode(Bytes encoded) {
    return Messages.decode(encoded, BeefyAnchor::read);
  }

  private static BeefyAnchor read(CanonicalReader in) {
    return new BeefyAnchor(
        ChainRules.read(in), ValidatorSet.read(in), ValidatorSet.read(in), RangeHeader.read(in));
  }

  public Bytes encode() {
    var out = Messages.begin();
    rules.write(out);
    current.write(out);
    next.write(out);
    latest.write(out);
    return out.toBytes();
  }
}
