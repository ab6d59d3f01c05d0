package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.Messages;

/**
 * What a GRANDPA client starts from: {@code u8 version = 1 | rules | u64 seconds | set | bytes
 * header}, the header in SCALE.
 *
 * @param seconds Unix time of the header, trusted like the header
 * @param set the authorities that finalise the blocks after the header; where the header itself
 *     changes them without delay, the new ones
 */
public record GrandpaAnchor(ChainRules rules, long seconds, AuthoritySet set, Header header) {
  public GrandpaAnchor {
    KnownHeader.of(header, seconds);
  }

  /**
   * @throws DecodeException if it is no anchor
   */
  public static GrandpaAnchor decode(Bytes encoded) {
    return Messages.decode(encoded, GrandpaAnchor::read);
  }

  private static GrandpaAnchor read(CanonicalReader in) {
    return new GrandpaAnchor(
        ChainRules.read(in),
        in.u64(),
        AuthoritySet.read(in),
        Header.decode(in.bytes(Header.MAX_SIZE)));
  }

  public Bytes encode() {
    var out = Messages.begin();
    rules.write(out);
    out.u64(seconds);
    set.write(out);
    return out.bytes(header.encode()).toBytes();
  }

  KnownHeader known() {
    return KnownHeader.of(header, seconds);
  }
}
