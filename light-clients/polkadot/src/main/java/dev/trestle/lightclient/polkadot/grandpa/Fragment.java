package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.polkadot.Header;
import java.util.Optional;

/**
 * One step of an update: {@code bytes header | bytes justification | optional bytes timeProof}. A
 * step that hands over to the next authorities may leave the proof of its time out: nodes have
 * thrown the state of old blocks away. Then only the change counts, and nothing is proved against
 * its header.
 *
 * @param justification in SCALE, of the header
 * @param timeProof a {@link dev.trestle.lightclient.polkadot.trie.StorageProof} of {@code
 *     Timestamp.Now}
 */
public record Fragment(Header header, Bytes justification, Optional<Bytes> timeProof) {
  public Bytes encode() {
    return new CanonicalWriter()
        .bytes(header.encode())
        .bytes(justification)
        .optional(timeProof, CanonicalWriter::bytes)
        .toBytes();
  }

  static Fragment read(CanonicalReader in) {
    return new Fragment(
        Header.decode(in.bytes(Header.MAX_SIZE)),
        in.bytes(Justification.MAX_SIZE),
        in.optional(each -> each.bytes(Claim.MAX_PROOF)));
  }
}
