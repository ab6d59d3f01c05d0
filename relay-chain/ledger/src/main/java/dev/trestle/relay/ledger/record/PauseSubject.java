package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/** What a pause stops. */
public sealed interface PauseSubject {
  /** Everything but pauses, their lifting, proof of misbehaviour and the signing of sweeps. */
  record Everything() implements PauseSubject {}

  /** All that concerns one connected chain. */
  record Chain(ChainId chain) implements PauseSubject {}

  /** All that concerns one route. */
  record Route(Hash32 routeId) implements PauseSubject {}

  default void write(CanonicalWriter out) {
    switch (this) {
      case Everything() -> out.u8(1);
      case Chain(ChainId chain) -> out.u8(2).text(chain.toString());
      case Route(Hash32 routeId) -> out.u8(3).hash(routeId);
    }
  }

  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  static PauseSubject read(CanonicalReader in) {
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Everything();
      case 2 -> new Chain(ChainId.parse(in.text(41)));
      case 3 -> new Route(in.hash());
      default -> throw new DecodeException("pause subject " + kind);
    };
  }
}
