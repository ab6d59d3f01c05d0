package dev.trestle.lightclient.attested;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.contract.FuzzInput;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.evm.EvmProof;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class AttestedFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final FuzzedClient CLIENT =
      new FuzzedClient(new AttestedEvmFamily().client(), new AttestedContractTest().scenario());

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    FuzzSeeds.check(AttestedFuzzTest.class, CLIENT.seeds());
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, AttestedAnchor::decode, AttestedAnchor::encode);
    CLIENT.anchor(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    CLIENT.message(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    Bytes input = Bytes.of(data);
    FuzzInput.canonical(input, LogPosition::decode, LogPosition::encode);
    FuzzInput.canonical(input, EvmProof::decode, EvmProof::encode);
    CLIENT.claim(input);
  }
}
