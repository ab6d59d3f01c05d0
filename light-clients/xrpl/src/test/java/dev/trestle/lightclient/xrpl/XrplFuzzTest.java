package dev.trestle.lightclient.xrpl;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class XrplFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final FuzzedClient FUZZED =
      new FuzzedClient(new XrplFamily().client(), XrplContractTest.CHAIN.scenario());
  private static final LightClient CLIENT = new XrplFamily().client();
  private static final ClientView STATE = XrplFormats.state();
  private static final Bytes MANIFEST =
      TestObjects.manifest(
          XrplContractTest.CHAIN.publisher, Optional.of(XrplContractTest.CHAIN.publishing), 1);

  /** Runs a decoder; empty where it refuses. */
  private static <T> Optional<T> decoded(Supplier<T> decoder) {
    try {
      return Optional.of(decoder.get());
    } catch (DecodeException refused) {
      return Optional.empty();
    }
  }

  private static void same(Bytes input, Optional<Bytes> again) {
    if (again.filter(bytes -> !bytes.equals(input)).isPresent()) {
      throw new AssertionError("another form decodes: " + input);
    }
  }

  @Test
  void seedsAreOfTodaysFormats() throws IOException {
    FuzzSeeds.check(XrplFuzzTest.class, FUZZED.claimSeeds("claims"));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> XrplAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    CLIENT.verify(STATE, input, new Budget(UNITS), XrplChain.NOW);
    CLIENT.checkMisbehaviour(STATE, input, new Budget(UNITS), XrplChain.NOW);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void objects(byte[] data) {
    Bytes input = Bytes.of(data);
    decoded(() -> Manifest.decode(input)).ifPresent(Manifest::isSigned);
    decoded(() -> Validation.decode(input)).ifPresent(Validation::isSigned);
    same(input, decoded(() -> StObject.decode(input).without()));
    XrplKey.canonical(input);
    new SignedList(MANIFEST, input, input)
        .verify(XrplContractTest.CHAIN.publisher.key(), new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void proofs(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> ShaMapProof.decode(input).encode()));
    same(input, decoded(() -> LedgerPath.decode(input).encode()));
    Bytes path = new LedgerPath(LedgerPath.Kind.STATE, 100, Hash32.ZERO).encode();
    CLIENT.membership(STATE, new Claim(path, input, input), new Budget(UNITS));
    CLIENT.nonMembership(STATE, path, input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    FUZZED.claim(Bytes.of(data));
  }
}
