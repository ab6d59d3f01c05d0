package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.cli.CliException;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A final header whose chain does not lead to the one that was final before is refused. */
class BeaconPathTest {
  private final Map<Hash32, BeaconBlockHeader> chain = new HashMap<>();
  private final BeaconBlockHeader last = header(100, hash("elsewhere"), "last");
  private int asked;

  private static Hash32 hash(String text) {
    return Digests.sha256(Bytes.utf8(text));
  }

  private BeaconBlockHeader header(long slot, Hash32 parent, String body) {
    BeaconBlockHeader made =
        new BeaconBlockHeader(slot, 7, parent, hash("state " + slot), hash(body));
    chain.put(made.root(), made);
    return made;
  }

  private BeaconBlockHeader find(Hash32 root) {
    asked++;
    return Optional.ofNullable(chain.get(root)).orElseThrow();
  }

  private void refused(BeaconBlockHeader to, RejectionCode code) {
    assertThatThrownBy(() -> BeaconPath.between(last, to, this::find))
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith(code.code() + ": ");
  }

  @Test
  void countsTheHeadersBetweenAlsoOverEmptySlots() {
    assertThat(BeaconPath.between(last, header(101, last.root(), "next"), this::find)).isZero();
    BeaconBlockHeader one = header(103, last.root(), "one");
    BeaconBlockHeader two = header(104, one.root(), "two");
    BeaconBlockHeader now = header(110, two.root(), "now");
    assertThat(BeaconPath.between(last, now, this::find)).isEqualTo(2);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void aHeaderThatIsNotTheNamedOneIsRefused() {
    BeaconBlockHeader one = header(103, last.root(), "one");
    BeaconBlockHeader now = header(110, one.root(), "now");
    chain.put(one.root(), header(103, last.root(), "another"));
    refused(now, RejectionCode.ROOT_MISMATCH);
  }

  /** Signed and final as it may be: it is of a branch that left before the last final header. */
  @Test
  void aBranchThatLeavesWhatIsFinalIsRefused() {
    BeaconBlockHeader rival = header(100, hash("elsewhere"), "rival of the last one");
    refused(header(101, rival.root(), "on the rival"), RejectionCode.BAD_PREV);
    BeaconBlockHeader older = header(99, hash("elsewhere"), "older");
    BeaconBlockHeader over = header(102, older.root(), "over the last one");
    refused(header(103, over.root(), "now"), RejectionCode.BAD_PREV);
    // the control: the same heights on the last one
    BeaconBlockHeader good = header(102, last.root(), "on the last one");
    assertThat(BeaconPath.between(last, header(103, good.root(), "now"), this::find)).isEqualTo(1);
  }

  @Test
  void slotsOnlyGoBackSoThatNoSourceKeepsItBusy() {
    BeaconBlockHeader same = header(110, last.root(), "of the same slot");
    refused(header(110, same.root(), "now"), RejectionCode.BAD_PREV);
    BeaconBlockHeader later = header(120, last.root(), "later than its child");
    refused(header(110, later.root(), "now"), RejectionCode.BAD_PREV);
    asked = 0;
    BeaconBlockHeader child = header(10, hash("nowhere"), "far below");
    for (long slot = 90; slot < 110; slot++) {
      child = header(slot, child.root(), "branch");
    }
    refused(child, RejectionCode.BAD_PREV);
    assertThat(asked).as("no further than the last final slot").isEqualTo(9);
  }
}
