package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * Where a client begins: a header that its operators trust. Unless headers may be skipped it must
 * be genesis or another epoch block, where no vote is open. Canonical bytes: {@code settings |
 * bytes headerRlp}.
 *
 * @param header RLP of the trusted header; it lists the validators (Clique: the signers) that come
 *     after it
 */
public record PoaAnchor(PoaSettings settings, Bytes header) {
  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    settings.write(out);
    return out.bytes(header).toBytes();
  }

  /**
   * @throws dev.trestle.base.DecodeException unless {@code encoded} is exactly the canonical form
   *     of an anchor
   */
  public static PoaAnchor decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded, in -> new PoaAnchor(PoaSettings.read(in), in.bytes(PoaHeader.MAX_SIZE)));
  }
}
