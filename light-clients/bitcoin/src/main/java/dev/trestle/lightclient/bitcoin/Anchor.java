package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The trusted start of a client: a header, and as many of its ancestors as the rules of its child
 * need. Bytes: {@code u8 version = 1 | text parameters id | u32 maxReorgDepth | u32 retention |
 * u256 minimumChainWork | u64 height | u256 chainWork | list of 80-byte headers | optional 80 bytes
 * periodFirst | optional 80 bytes spanStart}; of a signet with {@code version = 2} and {@code bytes
 * challenge} behind {@code minimumChainWork}.
 *
 * @param height of the anchor, the last header of {@code headers}
 * @param chainWork of the anchor
 * @param headers consecutive, the anchor last: 11 or all since genesis, and where a network has
 *     minimum-difficulty blocks back to the last header that is not one
 * @param periodFirst first header of the retarget period, unless it is among {@code headers}
 * @param spanStart header from which the next retarget measures, where that is another one
 *     (Litecoin) and it is not among {@code headers}
 */
public record Anchor(
    ClientSettings settings,
    long height,
    BigInteger chainWork,
    List<BlockHeader> headers,
    Optional<BlockHeader> periodFirst,
    Optional<BlockHeader> spanStart) {
  /** Most headers: one retarget period and the one before. */
  public static final int MAX_HEADERS = 2_017;

  public Anchor {
    headers = List.copyOf(headers);
    if (headers.isEmpty() || headers.size() > MAX_HEADERS || headers.size() - 1 > height) {
      throw new IllegalArgumentException("between 1 and 2017 headers, none below genesis");
    }
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(settings.version());
    settings.write(out);
    return out.u64(height)
        .u256(chainWork)
        .list(headers, (to, header) -> to.fixed(header.raw()))
        .optional(periodFirst, (to, header) -> to.fixed(header.raw()))
        .optional(spanStart, (to, header) -> to.fixed(header.raw()))
        .toBytes();
  }

  /**
   * @throws DecodeException if these are not the bytes of an anchor
   */
  public static Anchor decode(Bytes bytes) {
    return CanonicalReader.decode(bytes, Anchor::read);
  }

  private static Anchor read(CanonicalReader in) {
    return new Anchor(
        ClientSettings.read(in, in.u8()),
        in.u64(),
        in.u256(),
        in.list(MAX_HEADERS, Anchor::header),
        in.optional(Anchor::header),
        in.optional(Anchor::header));
  }

  private static BlockHeader header(CanonicalReader in) {
    return BlockHeader.of(in.fixed(BlockHeader.SIZE));
  }

  /** The header at {@code wanted} if it is among {@link #headers}. */
  Optional<BlockHeader> at(long wanted) {
    long index = wanted - (height - headers.size() + 1);
    return index < 0 || index >= headers.size()
        ? Optional.empty()
        : Optional.of(headers.get((int) index));
  }
}
