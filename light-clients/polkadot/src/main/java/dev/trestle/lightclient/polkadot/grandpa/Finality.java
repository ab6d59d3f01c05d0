package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.polkadot.Header;
import java.util.List;

/**
 * Shows that a block is final because a descendant was justified: {@code u64 set | bytes
 * justification | list of bytes header}. So two final blocks on different branches can always be
 * shown at one number, and two of one branch never.
 *
 * @param setId of the authorities that signed
 * @param justification in SCALE, of the last header
 * @param headers the block and its descendants, each the child of the one before it
 */
public record Finality(long setId, Bytes justification, List<Header> headers) {
  /** Most headers from the block to the justified one. */
  public static final int MAX_HEADERS = 512;

  public Finality {
    headers = List.copyOf(headers);
    if (headers.isEmpty()) {
      throw new IllegalArgumentException("no header");
    }
    for (int i = 1; i < headers.size(); i++) {
      Header child = headers.get(i);
      Header parent = headers.get(i - 1);
      if (!child.parentHash().equals(parent.hash()) || child.number() != parent.number() + 1) {
        throw new IllegalArgumentException("headers are not a chain");
      }
    }
  }

  /** The block that is shown to be final. */
  Header block() {
    return headers.getFirst();
  }

  Header justified() {
    return headers.getLast();
  }

  void write(CanonicalWriter out) {
    out.u64(setId).bytes(justification).list(headers, (to, header) -> to.bytes(header.encode()));
  }

  static Finality read(CanonicalReader in) {
    try {
      return new Finality(
          in.u64(),
          in.bytes(Justification.MAX_SIZE),
          in.list(MAX_HEADERS, each -> Header.decode(each.bytes(Header.MAX_SIZE))));
    } catch (IllegalArgumentException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }
}
