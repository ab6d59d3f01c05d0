package dev.trestle.lightclient.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A client of a signet asks every header for the solution of its challenge. */
class SignetClientTest {
  private static final BitcoinLightClient CLIENT = new BitcoinLightClient();
  private static final long NOW = 1_700_000_000L;
  private static final SecretKey KEY = SignetMiner.key("a");

  private static List<FullBlock> realBlocks() {
    return SignetSolutionTest.realBlocks();
  }

  private static List<Bytes> realHeaders() {
    return realBlocks().stream().map(block -> SignetHeader.of(block).encode()).toList();
  }

  @Test
  void aStrictClientTakesSolvedHeadersAlone() {
    ClientSettings headersAlone = ClientSettings.of(BitcoinNetworks.BITCOIN_SIGNET);
    assertThat(code(initialize(headersAlone))).isEqualTo("signet-challenge-missing");
    ClientSettings settings = headersAlone.withChallenge(SignetChallenge.PUBLIC);
    ClientView start = initialize(settings).orThrow().over(key -> Optional.empty());
    Bytes update = CLIENT.encodeUpdate(realHeaders());
    long units = 10 * (SignetSolution.units(SignetChallenge.PUBLIC, 400) + Budget.SIGNATURE);
    Verdict<VerifiedUpdate> verdict = CLIENT.verify(start, update, new Budget(units), NOW);
    VerifiedUpdate verified = verdict.orThrow();
    ClientView after = CLIENT.apply(start, verified).over(start);
    assertThat(CLIENT.latest(after).height()).isEqualTo(10);
    assertThat(code(CLIENT.verify(after, update, new Budget(units), NOW))).isEqualTo("nothing-new");

    assertThat(code(CLIENT.verify(start, update, new Budget(10 * Budget.SIGNATURE), NOW)))
        .isEqualTo("budget-exceeded");
    List<Bytes> plain = realBlocks().stream().map(block -> block.header().raw()).toList();
    assertThat(code(CLIENT.verify(start, CLIENT.encodeUpdate(plain), new Budget(units), NOW)))
        .isEqualTo("malformed");
    List<Bytes> swapped = new ArrayList<>(realHeaders());
    SignetHeader first = SignetHeader.of(realBlocks().getFirst());
    SignetHeader second = SignetHeader.of(realBlocks().get(1));
    swapped.set(1, new SignetHeader(second.header(), first.coinbase(), List.of()).encode());
    assertThat(code(CLIENT.verify(start, CLIENT.encodeUpdate(swapped), new Budget(units), NOW)))
        .isEqualTo("root-mismatch");
    Bytes oversized =
        new CanonicalWriter()
            .u32(1)
            .bytes(Bytes.wrap(new byte[SignetHeader.MAX_SIZE + 1]))
            .toBytes();
    assertThat(code(CLIENT.verify(start, oversized, new Budget(units), NOW)))
        .isEqualTo("malformed");
    assertThat(code(CLIENT.checkMisbehaviour(start, update, new Budget(units), NOW)))
        .isEqualTo("not-misbehaviour");
  }

  @Test
  void headersOfAnotherSignetHaveWorkAndNoSolution() {
    Bytes bare = SignetMiner.multisig(1, List.of(KEY));
    SignetChallenge own = SignetChallenge.parse(bare).orThrow();
    ClientSettings settings = ClientSettings.of(BitcoinNetworks.BITCOIN_SIGNET).withChallenge(own);
    ClientView start = initialize(settings).orThrow().over(key -> Optional.empty());
    Bytes update = CLIENT.encodeUpdate(realHeaders().subList(0, 1));
    assertThat(code(CLIENT.verify(start, update, new Budget(100_000), NOW)))
        .isEqualTo("signet-bad-solution");
  }

  private static Verdict<ClientDelta> initialize(ClientSettings settings) {
    Anchor anchor = new AnchorBuilder(BitcoinNetworks.BITCOIN_SIGNET, settings).genesis();
    assertThat(Anchor.decode(anchor.encode())).isEqualTo(anchor);
    return CLIENT.initialize(anchor.encode(), new Budget(100_000));
  }

  @Test
  void aChallengeIsOneThatIsRunAndOfASignet() {
    ClientSettings taproot =
        new ClientSettings(
            "bitcoin-signet",
            100,
            4_032,
            BigInteger.ZERO,
            Optional.of(OutputScript.p2tr(KEY.publicKey().xOnly())));
    assertThat(code(initialize(taproot))).isEqualTo("signet-challenge-not-supported");
    ChainParameters regtest = BitcoinNetworks.BITCOIN_REGTEST;
    ClientSettings unexpected = ClientSettings.of(regtest).withChallenge(SignetChallenge.PUBLIC);
    Bytes anchor = new AnchorBuilder(regtest, unexpected).genesis().encode();
    assertThat(code(CLIENT.initialize(anchor, new Budget(100_000))))
        .isEqualTo("signet-challenge-not-expected");
  }

  private static String code(Verdict<?> verdict) {
    return TestClient.code(verdict);
  }
}
