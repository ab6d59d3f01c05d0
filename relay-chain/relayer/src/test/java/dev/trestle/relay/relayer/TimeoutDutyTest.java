package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort.PacketDelivery;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.relay.ledger.LateLedger;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.PacketRecord.State;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets that time out, on lanes of each order, against the real rules of the ledger. */
class TimeoutDutyTest {
  /** A relay chain with the duties that carry its packets. */
  private static final class Way implements RelayChain {
    private final LateLedger ledger;
    private final List<String> codes = new ArrayList<>();
    private final TimeoutDuty timeouts;
    private final PacketDuty packets;

    Way(Lane.Ordering ordering) {
      ledger = new LateLedger(ordering);
      ChainAdapter far = new FarChain(ledger);
      ChainDirectory chains =
          chain -> Optional.of(far).filter(each -> chain.equals(ledger.destination().id()));
      timeouts = new TimeoutDuty(this, chains);
      packets = new PacketDuty(this, chains, SecretKey.derive(Bytes.utf8("relayer"), "packets"));
    }

    /** One look; the codes that the ledger answers what was offered with. */
    List<String> look() {
      codes.clear();
      timeouts.run();
      return List.copyOf(codes);
    }

    @Override
    public Receipt submit(TransactionBody body) {
      Receipt receipt = ledger.send(body);
      codes.add(receipt.code());
      return receipt;
    }

    @Override
    public LedgerView view() {
      return ledger.view();
    }

    @Override
    public long height() {
      return ledger.height();
    }

    @Override
    public List<HandOver> handOvers() {
      return List.of();
    }

    @Override
    public Optional<PacketDelivery> delivery(Hash32 packetId) {
      return Optional.of(
          new PacketDelivery(
              Bytes.EMPTY, Bytes.EMPTY, List.of(), ledger.packet(packetId), 0, 1, List.of()));
    }
  }

  @ParameterizedTest
  @EnumSource(Lane.Ordering.class)
  void whatNobodyReceivedIsPaidBackOnceItIsLate(Lane.Ordering ordering) {
    Way way = new Way(ordering);
    Hash32 packet = way.ledger.deposit(1);
    assertThat(way.look()).as("in time").isEmpty();
    way.ledger.expire(packet);
    assertThat(way.look()).containsExactly("ok");
    assertThat(way.ledger.state(packet)).isEqualTo(State.TIMED_OUT);
    assertThat(way.look()).as("nothing is left").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Lane.Ordering.class)
  void whatWasReceivedIsNotOffered(Lane.Ordering ordering) {
    Way way = new Way(ordering);
    Hash32 packet = way.ledger.deposit(1);
    way.packets.run();
    assertThat(way.ledger.isReceived(packet)).isTrue();
    way.ledger.expire(packet);
    assertThat(way.look()).isEmpty();
  }

  /** Those behind the one that closed the lane are paid back as well. */
  @Test
  void behindTheLastThatAnOrderedLaneReceivedAllTimeOut() {
    Way way = new Way(Lane.Ordering.ORDERED);
    Hash32 first = way.ledger.deposit(1);
    way.packets.run();
    way.ledger.follow();
    Hash32 second = way.ledger.deposit(2);
    Hash32 third = way.ledger.deposit(3);
    way.ledger.expire(third);
    assertThat(way.look()).containsExactly("ok", "ok");
    assertThat(way.ledger.state(first)).isEqualTo(State.SENT);
    assertThat(way.ledger.state(second)).isEqualTo(State.TIMED_OUT);
    assertThat(way.ledger.state(third)).isEqualTo(State.TIMED_OUT);
    way.packets.run();
    assertThat(way.ledger.isReceived(second)).as("its contract would refuse it").isFalse();
  }

  /** The contract answers them late and without effect, then it takes what is in time. */
  @Test
  void aLaneThatAllowsTimeoutsGoesOnBehindThem() {
    Way way = new Way(Lane.Ordering.ORDERED_ALLOW_TIMEOUT);
    List<Hash32> late = new ArrayList<>();
    for (int number = 1; number <= 4; number++) {
      late.add(way.ledger.deposit(number));
    }
    way.ledger.expire(late.getLast());
    assertThat(way.look()).as("in turn, in one look").containsExactly("ok", "ok", "ok", "ok");
    Hash32 next = way.ledger.deposit(5);
    way.packets.run();
    assertThat(late).allMatch(way.ledger::isReceived);
    assertThat(way.ledger.isReceived(next)).isTrue();
    assertThat(late).allMatch(id -> way.ledger.state(id) == State.TIMED_OUT);
  }

  /** The first one's receipt is still on its way to the ledger. */
  @Test
  void onALaneThatAllowsTimeoutsNoneIsOfferedBeforeItsTurn() {
    Way way = new Way(Lane.Ordering.ORDERED_ALLOW_TIMEOUT);
    way.ledger.deposit(1);
    way.packets.run();
    way.ledger.follow();
    Hash32 second = way.ledger.deposit(2);
    way.ledger.expire(second);
    assertThat(way.look()).isEmpty();
    assertThat(way.ledger.state(second)).isEqualTo(State.SENT);
  }

  @Test
  void withoutAnAdapterNothingHappens() {
    Way way = new Way(Lane.Ordering.UNORDERED);
    way.ledger.expire(way.ledger.deposit(1));
    new TimeoutDuty(way, chain -> Optional.empty()).run();
    assertThat(way.codes).isEmpty();
    assertThat(way.look()).containsExactly("ok");
  }
}
