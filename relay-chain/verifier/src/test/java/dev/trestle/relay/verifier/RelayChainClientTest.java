package dev.trestle.relay.verifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The same cases as {@code RelayLightClient.t.sol}. */
class RelayChainClientTest {
  private final List<SecretKey> oldKeys = PaperChain.keys("old", 4);
  private final List<SecretKey> newKeys = PaperChain.keys("new", 7);
  private final PaperChain chain = new PaperChain();
  private final RelayChainClient client = trusting(0, 1, oldKeys);

  private static RelayChainClient trusting(long epoch, long height, List<SecretKey> keys) {
    return RelayChainClient.trusting(
            PaperChain.CHAIN, new RelayChainClient.Era(epoch, height, PaperChain.addresses(keys)))
        .orThrow();
  }

  private static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "ok";
      case Verdict.Ignored<?>(var reason, String detail) -> reason.code();
      case Verdict.Rejected<?>(var reason, String detail) -> reason.code();
      case Verdict.Later<?>(var reason, String detail) -> reason.code();
    };
  }

  @Test
  void verifiesWhatTheConsensusCertifies() {
    RelayHeader header = chain.block(0, oldKeys);
    CommitCertificate certificate = PaperChain.certify(header, oldKeys, 0, 2, 3);
    assertThat(certificate.verifyFor(header, PaperChain.set(oldKeys)).isAccepted()).isTrue();
    VerifiedBlock block = client.verify(header.encode(), certificate.encode()).orThrow();
    assertThat(block.id()).isEqualTo(header.id());
    assertThat(block.height()).isEqualTo(1);
    assertThat(block.timeMs()).isEqualTo(header.timeMs());
    assertThat(block.epoch()).isZero();
    assertThat(block.stateRoot()).isEqualTo(header.stateRoot());
    assertThat(block.outboxRoot()).isEqualTo(header.outboxRoot());
    assertThat(block.historyRoot()).isEqualTo(header.historyRoot());
    assertThat(client.current().validatorsHash()).isEqualTo(header.validatorsHash());
  }

  @Test
  void needsMoreThanTwoThirds() {
    RelayHeader header = chain.block(0, oldKeys);
    assertThat(
            code(
                client.verify(header.encode(), PaperChain.certify(header, oldKeys, 0, 1).encode())))
        .isEqualTo("quorum-low");
    assertThat(code(client.verify(header.encode(), PaperChain.certify(header, oldKeys).encode())))
        .isEqualTo("quorum-low");
  }

  /** Whatever bit of header or certificate is changed: both implementations refuse it. */
  @Test
  void noBitCanBeChanged() {
    RelayHeader header = chain.block(0, oldKeys);
    CommitCertificate certificate = PaperChain.certify(header, oldKeys, 0, 1, 2);
    for (int i = 0; i < 8 * header.encode().size(); i++) {
      Bytes changed = flip(header.encode(), i);
      assertThat(client.verify(changed, certificate.encode()).isAccepted()).isFalse();
    }
    for (int i = 0; i < 8 * certificate.encode().size(); i++) {
      Bytes changed = flip(certificate.encode(), i);
      boolean consensusAccepts =
          CommitCertificate.decode(changed)
              .then(each -> each.verifyFor(header, PaperChain.set(oldKeys)))
              .isAccepted();
      assertThat(client.verify(header.encode(), changed).isAccepted())
          .as("bit %d", i)
          .isEqualTo(consensusAccepts)
          .isFalse();
    }
    for (Bytes each : List.of(header.encode(), certificate.encode())) {
      for (Bytes wrong :
          List.of(
              Bytes.EMPTY,
              each.slice(0, each.size() - 1),
              Bytes.concat(each, Bytes.fromHex("00")))) {
        assertThat(code(client.verify(wrong, certificate.encode()))).isEqualTo("malformed");
        assertThat(code(client.verify(header.encode(), wrong))).isEqualTo("malformed");
      }
    }
  }

  private static Bytes flip(Bytes source, int bit) {
    byte[] raw = source.toArray();
    raw[bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.wrap(raw);
  }

  @Test
  void refusesAnotherChainAnotherBlockAndAnotherSet() {
    RelayHeader first = chain.block(0, oldKeys);
    RelayHeader second = chain.block(0, oldKeys);
    Bytes certificate = PaperChain.certify(first, oldKeys, 0, 1, 2).encode();
    RelayChainClient other =
        RelayChainClient.trusting(
                Digests.sha256(Bytes.utf8("another")),
                new RelayChainClient.Era(0, 1, PaperChain.addresses(oldKeys)))
            .orThrow();
    assertThat(code(other.verify(first.encode(), certificate))).isEqualTo("wrong-relay-chain");
    assertThat(code(client.verify(second.encode(), certificate))).isEqualTo("other-block");
    RelayHeader foreign = chain.block(0, newKeys);
    assertThat(
            code(
                client.verify(
                    foreign.encode(),
                    PaperChain.certify(foreign, newKeys, 0, 1, 2, 3, 4).encode())))
        .isEqualTo("wrong-validators");
    RelayHeader liar = chain.block(0, oldKeys);
    assertThat(
            code(
                client.verify(
                    liar.encode(),
                    PaperChain.certify(liar, PaperChain.keys("liar", 4), 0, 1, 2, 3).encode())))
        .isEqualTo("bad-signature");
  }

  @Test
  void refusesSetsThatAreTooSmallOrNotAscending() {
    List<EvmAddress> four = PaperChain.addresses(oldKeys);
    List<EvmAddress> twice = new ArrayList<>(four);
    twice.set(1, four.get(0));
    List<EvmAddress> zero = new ArrayList<>(four);
    zero.set(0, new EvmAddress(Bytes.wrap(new byte[20])));
    for (List<EvmAddress> bad :
        List.of(List.<EvmAddress>of(), four.subList(0, 3), twice, zero, four.reversed())) {
      assertThat(
              code(
                  RelayChainClient.trusting(PaperChain.CHAIN, new RelayChainClient.Era(0, 1, bad))))
          .isEqualTo("wrong-validators");
    }
    assertThat(code(RelayChainClient.trusting(Hash32.ZERO, new RelayChainClient.Era(0, 1, four))))
        .isEqualTo("malformed");
    assertThat(
            code(RelayChainClient.trusting(PaperChain.CHAIN, new RelayChainClient.Era(0, 0, four))))
        .isEqualTo("malformed");
  }

  private Verdict<RelayChainClient> handOver(
      RelayChainClient from, List<SecretKey> keys, List<SecretKey> next, RelayHeader last) {
    return from.handOver(
        last.encode(),
        PaperChain.certify(last, keys, 0, 1, 2, 3).encode(),
        PaperChain.addresses(next));
  }

  @Test
  void followsTheValidatorsAcrossAnyNumberOfChanges() {
    RelayChainClient known = client;
    List<SecretKey> keys = oldKeys;
    for (int epoch = 0; epoch < 20; epoch++) {
      chain.block(epoch, keys);
      List<SecretKey> next = PaperChain.keys("set " + epoch, 4 + epoch % 3);
      RelayHeader last =
          chain.block(epoch, keys, next, Hash32.ZERO, Digests.sha256(Bytes.utf8("outbox")));
      known =
          known
              .handOver(
                  last.encode(),
                  PaperChain.certify(last, keys, all(keys)).encode(),
                  PaperChain.addresses(next))
              .orThrow();
      assertThat(known.current().firstEpoch()).isEqualTo(epoch + 1);
      assertThat(known.current().firstHeight()).isEqualTo(last.height() + 1);
      keys = next;
    }
    RelayHeader newest = chain.block(20, keys);
    assertThat(
            known
                .verify(newest.encode(), PaperChain.certify(newest, keys, all(keys)).encode())
                .isAccepted())
        .isTrue();
  }

  private static int[] all(List<SecretKey> keys) {
    return java.util.stream.IntStream.range(0, keys.size()).toArray();
  }

  @Test
  void anEraEndsWithItsHandOver() {
    RelayHeader first = chain.block(0, oldKeys);
    RelayHeader last =
        chain.block(0, oldKeys, newKeys, Hash32.ZERO, Digests.sha256(Bytes.utf8("outbox")));
    RelayChainClient next = handOver(client, oldKeys, newKeys, last).orThrow();
    RelayHeader late = chain.block(0, oldKeys);
    assertThat(
            code(
                next.verify(late.encode(), PaperChain.certify(late, oldKeys, 0, 1, 2, 3).encode())))
        .isEqualTo("unknown-era");
    assertThat(
            next.verify(first.encode(), PaperChain.certify(first, oldKeys, 0, 1, 2).encode())
                .isAccepted())
        .isTrue();
    assertThat(code(handOver(next, oldKeys, newKeys, last))).isEqualTo("no-hand-over");
    assertThat(code(handOver(client, oldKeys, oldKeys, first))).isEqualTo("no-hand-over");
    assertThat(code(handOver(client, oldKeys, PaperChain.keys("liar", 7), last)))
        .isEqualTo("wrong-validators");
    assertThat(code(handOver(client, oldKeys, List.of(), last))).isEqualTo("wrong-validators");
  }

  @Test
  void refusesBlocksBeforeTheTrustedStartUnlessTheHistoryShowsThem() {
    for (int i = 0; i < 9; i++) {
      chain.block(0, oldKeys);
    }
    RelayHeader tenth = chain.block(2, newKeys);
    RelayChainClient late = trusting(2, 10, newKeys);
    RelayHeader third = chain.headers.get(2);
    assertThat(
            code(late.verify(third.encode(), PaperChain.certify(third, oldKeys, 0, 1, 2).encode())))
        .isEqualTo("unknown-era");
    VerifiedBlock trusted =
        late.verify(tenth.encode(), PaperChain.certify(tenth, newKeys, 0, 1, 2, 3, 4).encode())
            .orThrow();
    VerifiedBlock older = trusted.older(third.encode(), chain.siblings(3, 10)).orThrow();
    assertThat(older.id()).isEqualTo(third.id());
    assertThat(older.stateRoot()).isEqualTo(third.stateRoot());
  }

  @Test
  void historyShowsEveryBlockAndNoOther() {
    for (int i = 0; i < 21; i++) {
      chain.block(0, oldKeys);
    }
    for (int under = 2; under <= 21; under++) {
      RelayHeader header = chain.headers.get(under - 1);
      VerifiedBlock newer =
          client
              .verify(header.encode(), PaperChain.certify(header, oldKeys, 1, 2, 3).encode())
              .orThrow();
      for (int height = 1; height < under; height++) {
        Bytes older = chain.headers.get(height - 1).encode();
        List<Hash32> siblings = chain.siblings(height, under);
        assertThat(newer.older(older, siblings).isAccepted()).isTrue();
        // a sibling more, one less, another one
        List<Hash32> more = new ArrayList<>(siblings);
        more.add(Hash32.ZERO);
        assertThat(code(newer.older(older, more))).isEqualTo("proof-invalid");
        if (!siblings.isEmpty()) {
          assertThat(code(newer.older(older, siblings.subList(1, siblings.size()))))
              .isEqualTo("proof-invalid");
        }
        assertThat(code(newer.older(flip(older, 8 * 200), siblings))).isEqualTo("proof-invalid");
      }
      assertThat(code(newer.older(header.encode(), List.of()))).isEqualTo("not-older");
    }
  }
}
