package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import java.util.List;
import java.util.Optional;

/**
 * The best chain's headers, wherever they come from. Methods may block: they are for virtual
 * threads. They fail with {@link dev.trestle.adapter.AdapterException}.
 */
interface HeaderReader {
  /** The best header. */
  RawHeader tip();

  /** The best chain's header at a height; NOT_FOUND above the tip. */
  RawHeader at(long height);

  /** Id of the best chain's header at a height; NOT_FOUND above the tip. */
  Hash32 hashAt(long height);

  /**
   * Headers {@code from..to}, linked by their parents; {@code to} must be on the best chain.
   *
   * @param from height
   */
  List<RawHeader> range(long from, RawHeader to);

  /** The header with this id on whatever branch; empty if it is not known. */
  Optional<BlockHeader> byHash(Hash32 id);
}
