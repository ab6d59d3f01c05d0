package dev.trestle.dist.follow;

import dev.trestle.base.Hash32;
import dev.trestle.cli.CliException;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import java.util.function.Function;

/** The headers that lead from one final header of a beacon chain back to the one before. */
final class BeaconPath {
  private BeaconPath() {}

  /**
   * How many lie between them, each named by the next one's parent root. Ends after as many
   * questions as there are slots between, whatever is answered.
   *
   * @param from final before
   * @param to final now, of a later slot
   * @param source a header by its root; may answer anything
   * @throws CliException {@code header-rejected}: {@code root-mismatch} for a header that is not
   *     the named one, {@code bad-prev} if the path does not lead to {@code from}
   */
  static long between(
      BeaconBlockHeader from, BeaconBlockHeader to, Function<Hash32, BeaconBlockHeader> source) {
    long count = 0;
    Hash32 before = from.root();
    BeaconBlockHeader child = to;
    while (!child.parentRoot().equals(before)) {
      BeaconBlockHeader header = source.apply(child.parentRoot());
      if (!header.root().equals(child.parentRoot())) {
        throw ClientMemory.no(
            BeaconFollow.REJECTED,
            RejectionCode.ROOT_MISMATCH,
            "another block than " + child.parentRoot());
      }
      if (Long.compareUnsigned(header.slot(), child.slot()) >= 0
          || Long.compareUnsigned(header.slot(), from.slot()) <= 0) {
        throw ClientMemory.no(
            BeaconFollow.REJECTED,
            RejectionCode.BAD_PREV,
            "slot " + to.slot() + " leaves what is final");
      }
      child = header;
      count++;
    }
    return count;
  }
}
