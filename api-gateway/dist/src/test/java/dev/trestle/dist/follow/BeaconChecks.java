package dev.trestle.dist.follow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.ethereum.BeaconBlockHeader;
import tools.jackson.databind.JsonNode;

/** What is compared beside a beacon node. Each of them throws an AssertionError if it differs. */
final class BeaconChecks {
  private BeaconChecks() {}

  /**
   * Whether the node has the same header, and on its chain.
   *
   * @param answer of {@code eth/v1/beacon/headers/SLOT}
   */
  static void held(BeaconBlockHeader header, JsonNode answer) {
    JsonNode data = answer.get("data");
    assertThat(new Hash32(Bytes.fromHex(data.get("root").asString()))).isEqualTo(header.root());
    assertThat(data.get("canonical").asBoolean()).isTrue();
  }

  /** Whether the execution node has the same block at this height. */
  static void sameBlock(HeaderRef head, JsonNode block) {
    assertThat(block.get("number").asString()).isEqualTo("0x" + Long.toHexString(head.height()));
    assertThat(block.get("hash").asString()).isEqualTo("0x" + head.id().toHex());
  }

  /** Signed and all, but what is signed is known. */
  static void known(Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Ignored.class,
            ignored -> assertThat(ignored.reason()).isEqualTo(RejectionCode.NOTHING_NEW));
  }

  static void refused(Verdict<?> verdict, ReasonCode code) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(code));
  }
}
