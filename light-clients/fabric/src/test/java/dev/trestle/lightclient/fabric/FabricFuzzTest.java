package dev.trestle.lightclient.fabric;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.fabric.protos.Block;
import dev.trestle.lightclient.fabric.protos.BlockSignatures;
import dev.trestle.lightclient.fabric.protos.ConfigGroup;
import dev.trestle.lightclient.fabric.protos.Invocation;
import dev.trestle.lightclient.fabric.protos.ReadSet;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what a canonical one
 * reads it writes back byte for byte, and the client gives a verdict. A normal test run replays the
 * corpus; with {@code JAZZER_FUZZ=1} one target fuzzes.
 */
class FabricFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final LightClient CLIENT = new FabricFamily().client();
  private static final ClientView STATE = FabricFormats.state();

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

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> FabricAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    CLIENT.verify(STATE, input, new Budget(UNITS), FabricChain.NOW);
    CLIENT.checkMisbehaviour(STATE, input, new Budget(UNITS), FabricChain.NOW);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void objects(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> Block.decodeCanonical(input).encode()));
    same(input, decoded(() -> BlockSignatures.decode(input).encode()));
    decoded(() -> ChannelConfig.decode(input));
    decoded(() -> ConfigGroup.decode(input).children());
    decoded(() -> Invocation.decode(input));
    decoded(() -> ReadSet.decode(input).atLeast());
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void proofs(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> EndorsedRead.decode(input).encode()));
    same(input, decoded(() -> FabricPath.decode(input).encode()));
    Bytes path = FabricChain.path(100, "packet/1");
    CLIENT.membership(STATE, new Claim(path, input, input), new Budget(UNITS));
    CLIENT.nonMembership(STATE, path, input, new Budget(UNITS));
  }
}
