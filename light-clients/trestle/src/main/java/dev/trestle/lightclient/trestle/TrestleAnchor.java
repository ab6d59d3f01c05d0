package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.relay.verifier.RelayChainClient.Era;

/**
 * Where trust in a relay chain starts: an era of validators and a block that they certified.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | settings | era | block}, see {@link
 * TrestleSettings#write}, {@link Eras#write} and {@link CertifiedHeader#write}.
 *
 * @param era in charge of {@code block}
 */
public record TrestleAnchor(TrestleSettings settings, Era era, CertifiedHeader block) {
  private static final int VERSION = 1;

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    settings.write(out);
    Eras.write(out, era);
    block.write(out);
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of an anchor
   */
  public static TrestleAnchor decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("anchor version " + version);
          }
          return new TrestleAnchor(
              TrestleSettings.read(in), Eras.read(in), CertifiedHeader.read(in));
        });
  }
}
