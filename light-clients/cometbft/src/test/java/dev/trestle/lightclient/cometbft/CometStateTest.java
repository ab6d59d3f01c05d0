package dev.trestle.lightclient.cometbft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.contract.ClientState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How the state grows, forgets and ages. */
class CometStateTest {
  private static final TestChain CHAIN = CometContractTest.CHAIN;
  private static final long AMPLE = 1_000_000_000;

  private final LightClient client = new CometFamily().client();
  private final List<TestKey> keys = TestKey.many("alone", 1);

  private Header header(long height) {
    return CHAIN.header(height, keys, keys, CometContractTest.RUN.old.appHash());
  }

  private ClientState start() {
    return ClientState.EMPTY.with(
        client.initialize(CHAIN.anchor(header(1)).encode(), new Budget(AMPLE)).orThrow());
  }

  private Bytes updates(long from, int count) {
    List<Bytes> headers = new ArrayList<>();
    for (long height = from; height < from + count; height++) {
      headers.add(
          CHAIN.update(CHAIN.signed(header(height), keys), keys, height - 1, keys).encode());
    }
    return client.encodeUpdate(headers);
  }

  private ClientState follow(ClientState state, Bytes message) {
    VerifiedUpdate update =
        client.verify(state, message, new Budget(AMPLE), TestChain.NOW).orThrow();
    return state.with(client.apply(state, update));
  }

  @Test
  void theStateKeepsTheLastHeadersAndDoesNotGrowBeyondThem() {
    ClientState state = start();
    long height = 1;
    while (height < CometState.WINDOW + 200) {
      state = follow(state, updates(height + 1, CometMessages.MAX_HEADERS));
      height += CometMessages.MAX_HEADERS;
    }
    assertThat(client.latest(state).height()).isEqualTo(height);
    assertThat(state.size()).isEqualTo(2 + 2 * CometState.WINDOW);
    long lowest = height - CometState.WINDOW + 1;
    assertThat(client.timestampAt(state, lowest).isAccepted()).isTrue();
    assertThat(client.timestampAt(state, lowest - 1).isAccepted()).isFalse();
    assertThat(client.timestampAt(state, height).orThrow())
        .isEqualTo(TestChain.time(height).getEpochSecond());
  }

  @Test
  void theClientAgesWithItsLatestHeader() {
    ClientState state = start();
    long time = TestChain.time(1).getEpochSecond();
    long most = 2 * TestChain.PERIOD / 3;
    assertThat(client.status(state, time + most)).isEqualTo(ClientStatus.ACTIVE);
    assertThat(client.status(state, time + most + 1)).isEqualTo(ClientStatus.EXPIRING);
    assertThat(client.status(state, time + TestChain.PERIOD - 1)).isEqualTo(ClientStatus.EXPIRING);
    assertThat(client.status(state, time + TestChain.PERIOD)).isEqualTo(ClientStatus.EXPIRED);
    assertThat(client.status(ClientState.EMPTY, 0)).isEqualTo(ClientStatus.EXPIRED);
  }

  @Test
  void keysThatNothingBindsAnyMoreCannotFreeze() {
    ClientState state = follow(start(), updates(2, 1));
    Header honest = header(3);
    Header fork = CHAIN.header(3, keys, keys, CometContractTest.RUN.fresh.appHash());
    Bytes evidence =
        CometMessages.evidence(
            CHAIN.update(CHAIN.signed(honest, keys), keys, 1, keys),
            CHAIN.update(CHAIN.signed(fork, keys), keys, 1, keys));
    long expired = TestChain.time(1).getEpochSecond() + TestChain.PERIOD;
    assertThat(client.status(state, expired).mayVerify()).isTrue();
    Verdict<?> late = client.checkMisbehaviour(state, evidence, new Budget(AMPLE), expired);
    assertThat(late).isInstanceOf(Verdict.Rejected.class);
    assertThat(((Verdict.Rejected<?>) late).reason().code()).isEqualTo("client-expired");
    assertThat(
            client.checkMisbehaviour(state, evidence, new Budget(AMPLE), expired - 1).isAccepted())
        .isTrue();
  }

  @Test
  void anAnchorThatTrustsLongerThanStakeIsBoundIsRefused() {
    byte[] anchor = CHAIN.anchor(header(1)).encode().toArray();
    // version, two u32 of the trust level, then the trusting period and the unbonding period
    System.arraycopy(anchor, 9, anchor, 17, 8);
    assertThat(client.initialize(Bytes.wrap(anchor), new Budget(AMPLE)).isAccepted()).isFalse();
  }

  /** As of CometBFT's own example application, which states eight bytes; ICS-07 asks for some. */
  @Test
  void anApplicationHashOfAnyLengthIsKeptAndNoneIsRefused() {
    for (int size : new int[] {1, 8, 32, Header.MAX_APP_HASH}) {
      Header odd = withAppHash(header(1), Bytes.wrap(new byte[size]));
      CanonicalWriter out = new CanonicalWriter();
      KnownHeader.of(odd).write(out);
      assertThat(CanonicalReader.decode(out.toBytes(), KnownHeader::read))
          .isEqualTo(KnownHeader.of(odd));
      assertThat(client.initialize(CHAIN.anchor(odd).encode(), new Budget(AMPLE)).isAccepted())
          .isTrue();
    }
    assertThatThrownBy(() -> CHAIN.anchor(withAppHash(header(1), Bytes.EMPTY)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Header withAppHash(Header from, Bytes appHash) {
    return new Header(
        from.versionBlock(),
        from.versionApp(),
        from.chainId(),
        from.height(),
        from.time(),
        from.lastBlockId(),
        from.lastCommitHash(),
        from.dataHash(),
        from.validatorsHash(),
        from.nextValidatorsHash(),
        from.consensusHash(),
        appHash,
        from.lastResultsHash(),
        from.evidenceHash(),
        from.proposerAddress());
  }
}
