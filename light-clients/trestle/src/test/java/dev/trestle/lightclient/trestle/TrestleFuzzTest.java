package dev.trestle.lightclient.trestle;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.contract.FuzzInput;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class TrestleFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final FuzzedClient CLIENT =
      new FuzzedClient(new TrestleFamily().client(), new TrestleContractTest().scenario());

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    FuzzSeeds.check(TrestleFuzzTest.class, CLIENT.seeds());
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, TrestleAnchor::decode, TrestleAnchor::encode);
    CLIENT.anchor(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, TrestleUpdate::decode, TrestleUpdate::encode);
    FuzzInput.canonical(input, ForkEvidence::decode, ForkEvidence::encode);
    CLIENT.message(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, TrestlePath::decode, TrestlePath::encode);
    FuzzInput.canonical(input, TrestleProof::decode, TrestleProof::encode);
    CLIENT.claim(input);
  }
}
