package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * Where validators were reached: {@code u32 count | (b32 fingerprint, text host, u16 port)...}.
 * Only a hint to dial: the TLS handshake proves who answers.
 */
record PeerList(List<Entry> entries) {
  static final int MAX_ENTRIES = 64;

  record Entry(Hash32 fingerprint, PeerAddress address) {}

  PeerList {
    entries = List.copyOf(entries);
  }

  Bytes encode() {
    return new CanonicalWriter()
        .list(
            entries,
            (out, entry) ->
                out.hash(entry.fingerprint())
                    .text(entry.address().host())
                    .u16(entry.address().port()))
        .toBytes();
  }

  static PeerList decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in ->
            new PeerList(
                in.list(
                    MAX_ENTRIES, r -> new Entry(r.hash(), new PeerAddress(r.text(255), r.u16())))));
  }
}
