package dev.trestle.lightclient.packet;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;

/**
 * One direction between two applications on two chains; sequences and ordering are per lane.
 *
 * @param sourceApp contract address, committee key or similar, in the source chain's form
 */
public record Lane(
    ChainId source, Bytes sourceApp, ChainId destination, Bytes destinationApp, Ordering ordering) {

  private static final int MAX_APP = 128;

  /** SHA-256 over the digests of the fields; contracts know a lane by it. */
  public Hash32 hash() {
    return Digests.sha256(
        new CanonicalWriter()
            .hash(Digests.sha256(Bytes.utf8(source.toString())))
            .hash(Digests.sha256(sourceApp))
            .hash(Digests.sha256(Bytes.utf8(destination.toString())))
            .hash(Digests.sha256(destinationApp))
            .u8(ordering.code())
            .toBytes());
  }

  /** The lane back. */
  public Lane reverse() {
    return new Lane(destination, destinationApp, source, sourceApp, ordering);
  }

  public void write(CanonicalWriter out) {
    out.text(source.toString()).bytes(sourceApp).text(destination.toString());
    out.bytes(destinationApp).u8(ordering.code());
  }

  public static Lane read(CanonicalReader in) {
    return new Lane(
        ChainId.parse(in.text(41)),
        in.bytes(MAX_APP),
        ChainId.parse(in.text(41)),
        in.bytes(MAX_APP),
        Ordering.of(in.u8()));
  }

  /** In which order packets may be executed. */
  public enum Ordering {
    UNORDERED(1),
    ORDERED(2),
    ORDERED_ALLOW_TIMEOUT(3);

    private final int code;

    Ordering(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }

    /**
     * @throws DecodeException for a code of no ordering
     */
    public static Ordering of(int code) {
      for (Ordering ordering : values()) {
        if (ordering.code == code) {
          return ordering;
        }
      }
      throw new DecodeException("ordering " + code);
    }
  }
}
