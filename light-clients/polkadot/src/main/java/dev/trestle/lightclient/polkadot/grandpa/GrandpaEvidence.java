package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.polkadot.Messages;

/**
 * Evidence that two blocks of one number are final: {@code u8 version = 1 | u8 kind}, then for kind
 * 1 two {@link Finality}s, for kind 2 one and the {@code u64} number of a header that the client
 * knows.
 */
public sealed interface GrandpaEvidence {
  record Pair(Finality first, Finality second) implements GrandpaEvidence {}

  record AgainstKnown(Finality finality, long number) implements GrandpaEvidence {}

  default Bytes encode() {
    CanonicalWriter out = Messages.begin();
    switch (this) {
      case Pair(Finality first, Finality second) -> {
        first.write(out.u8(1));
        second.write(out);
      }
      case AgainstKnown(Finality finality, long number) -> {
        finality.write(out.u8(2));
        out.u64(number);
      }
    }
    return out.toBytes();
  }

  static GrandpaEvidence read(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Pair(Finality.read(in), Finality.read(in));
      case 2 -> new AgainstKnown(Finality.read(in), in.u64());
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }
}
