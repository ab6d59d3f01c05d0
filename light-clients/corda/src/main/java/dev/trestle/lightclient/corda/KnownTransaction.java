package dev.trestle.lightclient.corda;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import java.util.List;

/**
 * What the state keeps of a transaction.
 *
 * @param height how many transactions the client had accepted with it
 * @param seconds Unix time at which the client accepted it: not before the notary signed
 * @param inputs SHA-256 of each reference to a state that it consumes
 */
record KnownTransaction(long height, Hash32 id, long seconds, List<Hash32> inputs) {
  KnownTransaction {
    inputs = List.copyOf(inputs);
  }

  HeaderRef ref() {
    return new HeaderRef(height, id, seconds);
  }

  void write(CanonicalWriter out) {
    out.u64(height).hash(id).u64(seconds).list(inputs, CanonicalWriter::hash);
  }

  static KnownTransaction read(CanonicalReader in) {
    return new KnownTransaction(
        in.u64(),
        in.hash(),
        in.u64(),
        in.list(NotarisedTransaction.MAX_INPUTS, CanonicalReader::hash));
  }
}
