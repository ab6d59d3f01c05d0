package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import dev.trestle.lightclient.ethereum.SyncCode;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The controls of what is compared beside real beacon nodes: every difference is noticed. */
class BeaconChecksTest {
  private static final BeaconBlockHeader HEADER =
      new BeaconBlockHeader(9, 3, hash("parent"), hash("state"), hash("body"));

  private static Hash32 hash(String text) {
    return Digests.sha256(Bytes.utf8(text));
  }

  private static JsonNode answer(Hash32 root, boolean canonical) {
    return JsonMapper.shared()
        .readTree(
            "{\"data\":{\"root\":\"0x%s\",\"canonical\":%s}}".formatted(root.toHex(), canonical));
  }

  private static void noticed(ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(AssertionError.class);
  }

  @Test
  void anyFieldOfAHeaderIsNoticed() {
    JsonNode same = answer(HEADER.root(), true);
    BeaconChecks.held(HEADER, same);
    List<BeaconBlockHeader> tampered =
        List.of(
            new BeaconBlockHeader(8, 3, hash("parent"), hash("state"), hash("body")),
            new BeaconBlockHeader(9, 2, hash("parent"), hash("state"), hash("body")),
            new BeaconBlockHeader(9, 3, hash("x"), hash("state"), hash("body")),
            new BeaconBlockHeader(9, 3, hash("parent"), hash("x"), hash("body")),
            new BeaconBlockHeader(9, 3, hash("parent"), hash("state"), hash("x")));
    assertThat(tampered).hasSize(BeaconBlockHeader.class.getRecordComponents().length);
    tampered.forEach(each -> noticed(() -> BeaconChecks.held(each, same)));
    noticed(() -> BeaconChecks.held(HEADER, answer(hash("another"), true)));
    noticed(() -> BeaconChecks.held(HEADER, answer(HEADER.root(), false)));
  }

  @Test
  void anotherBlockOrHeightIsNoticed() {
    JsonNode block =
        JsonMapper.shared()
            .readTree("{\"number\":\"0x1f\",\"hash\":\"0x%s\"}".formatted(hash("block").toHex()));
    BeaconChecks.sameBlock(new HeaderRef(31, hash("block"), 7), block);
    noticed(() -> BeaconChecks.sameBlock(new HeaderRef(31, hash("other"), 7), block));
    noticed(() -> BeaconChecks.sameBlock(new HeaderRef(30, hash("block"), 7), block));
  }

  @Test
  void anotherVerdictOrCodeIsNoticed() {
    Verdict<String> accepted = Verdict.accept("taken");
    Verdict<String> known = Verdict.ignore(RejectionCode.NOTHING_NEW, "");
    Verdict<String> refused = Verdict.reject(SyncCode.SIGNATURE, "");
    BeaconChecks.known(known);
    noticed(() -> BeaconChecks.known(accepted));
    noticed(() -> BeaconChecks.known(refused));
    noticed(() -> BeaconChecks.known(Verdict.ignore(RejectionCode.MALFORMED, "")));
    BeaconChecks.refused(refused, SyncCode.SIGNATURE);
    noticed(() -> BeaconChecks.refused(refused, SyncCode.PARTICIPANTS));
    noticed(() -> BeaconChecks.refused(accepted, SyncCode.SIGNATURE));
    noticed(() -> BeaconChecks.refused(known, RejectionCode.NOTHING_NEW));
  }
}
