package dev.trestle.lightclient.poa;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.FuzzSeeds;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Whatever comes in, a decoder answers or throws {@link DecodeException}, what it reads it writes
 * back byte for byte, and the client gives a verdict. A normal test run replays the corpus; {@code
 * light-clients/fuzz/run} fuzzes.
 */
class PoaFuzzTest {
  private static final String DURATION = "1h";
  private static final long EXECUTIONS = 10_000_000;
  private static final long UNITS = 1_000_000;
  private static final long NOW = PoaChain.GENESIS_TIME + 5 * 45;
  private static final LightClient CLIENT = new PoaFamily().client();
  private static final PoaChain QBFT = BftContractTest.chain(Consensus.QBFT, "fuzz");
  private static final PoaChain IBFT2 = BftContractTest.chain(Consensus.IBFT2, "fuzz");
  private static final PoaChain CLIQUE = CliqueContractTest.chain("fuzz");
  private static final FuzzedClient BFT =
      new FuzzedClient(CLIENT, new QbftContractTest().scenario(), EvmFixture::isTrueLog);
  private static final FuzzedClient SIGNERS =
      new FuzzedClient(CLIENT, new CliqueContractTest().scenario(), EvmFixture::isTrueLog);
  private static final List<ClientView> STATES = List.of(state(QBFT), state(IBFT2), state(CLIQUE));

  private static ClientView state(PoaChain chain) {
    Bytes anchor = new PoaAnchor(chain.settings(false), chain.header(30)).encode();
    return CLIENT.initialize(anchor, new Budget(UNITS)).orThrow().over(key -> Optional.empty());
  }

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
    SortedMap<String, Bytes> seeds = BFT.claimSeeds("claims");
    seeds.putAll(SIGNERS.claimSeeds("cliqueClaims"));
    FuzzSeeds.check(PoaFuzzTest.class, seeds);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void anchors(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> PoaAnchor.decode(input).encode()));
    CLIENT.initialize(input, new Budget(UNITS));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void messages(byte[] data) {
    Bytes input = Bytes.of(data);
    same(input, decoded(() -> PoaMessage.decode(input).encode()));
    for (ClientView state : STATES) {
      CLIENT.verify(state, input, new Budget(UNITS), NOW);
      CLIENT.checkMisbehaviour(state, input, new Budget(UNITS), NOW);
    }
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void headers(byte[] data) {
    Bytes input = Bytes.of(data);
    Optional<PoaHeader> header = decoded(() -> PoaHeader.decode(input));
    same(input, header.map(PoaHeader::encode));
    ValidatorSet set = ValidatorSet.of(QBFT.addresses(0, 1, 2, 3));
    header.ifPresent(
        each -> {
          TreeMap<Long, EvmAddress> recent = new TreeMap<>();
          CliqueRules.check(each, PoaChain.EPOCH, set, recent);
          BftRules.check(each, BftExtraData.Dialect.QBFT, set);
          BftRules.check(each, BftExtraData.Dialect.IBFT2, set);
        });
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void extraData(byte[] data) {
    Bytes input = Bytes.of(data);
    BftExtraData.Dialect dialect = BftExtraData.dialectOf(input);
    Verdict<BftExtraData> verdict = BftExtraData.decode(input, dialect);
    if (verdict instanceof Verdict.Accepted<BftExtraData>(BftExtraData extra)
        && extra.vote().filter(vote -> !vote.add()).isEmpty()) { // QBFT writes a drop in two ways
      same(input, Optional.of(extra.encode()));
    }
    CliqueRules.listedSigners(input);
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void claims(byte[] data) {
    BFT.claim(Bytes.of(data));
  }

  @FuzzTest(maxDuration = DURATION, maxExecutions = EXECUTIONS)
  void cliqueClaims(byte[] data) {
    SIGNERS.claim(Bytes.of(data));
  }
}
