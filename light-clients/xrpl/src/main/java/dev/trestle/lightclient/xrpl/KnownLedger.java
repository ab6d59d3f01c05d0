package dev.trestle.lightclient.xrpl;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;

/**
 * What the state keeps of a validated ledger.
 *
 * @param seconds Unix time of its close
 */
record KnownLedger(long index, Hash32 hash, long seconds, Hash32 transactions, Hash32 state) {
  static KnownLedger of(LedgerHeader header) {
    return new KnownLedger(
        header.index(),
        header.hash(),
        header.closeSeconds(),
        header.transactions(),
        header.state());
  }

  HeaderRef ref() {
    return new HeaderRef(index, hash, seconds);
  }

  void write(CanonicalWriter out) {
    out.u64(index).hash(hash).u64(seconds).hash(transactions).hash(state);
  }

  static KnownLedger read(CanonicalReader in) {
    return new KnownLedger(in.u64(), in.hash(), in.u64(), in.hash(), in.hash());
  }
}
