package dev.trestle.relay.ledger.fake;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import java.util.Optional;

/**
 * A contract that executes packets by the rules of ICS-4: each once, none at or after its timeout,
 * those of an ordered lane in turn. On a lane that allows timeouts a late packet is answered
 * without effect, so that the lane goes on.
 */
public final class FakeBridge {
  private static final Bytes EXECUTED = FakeState.number(1);
  private static final Bytes FAILED = FakeState.number(2);

  private final FakeChain chain;
  private final Bytes contract;

  public FakeBridge(FakeChain chain, Bytes contract) {
    this.chain = chain;
    this.contract = contract;
  }

  /** Brings a packet in the next block; the fact of its receipt, or nothing if it is refused. */
  public Optional<Bytes> receive(Packet packet, boolean payable) {
    Bytes receipt = FakeState.receiptKey(contract, packet.id());
    Bytes counter = FakeState.laneKey(contract, packet.lane().hash());
    boolean ordered = packet.lane().ordering() != Lane.Ordering.UNORDERED;
    boolean late = isLate(packet.timeout());
    if (!chain.stored(receipt).isEmpty()
        || (ordered && packet.sequence() != last(counter) + 1)
        || (late && packet.lane().ordering() != Lane.Ordering.ORDERED_ALLOW_TIMEOUT)) {
      chain.mine();
      return Optional.empty();
    }
    boolean success = payable && !late;
    chain.store(receipt, success ? EXECUTED : FAILED);
    if (ordered) {
      chain.store(counter, FakeState.number(packet.sequence()));
    }
    Bytes fact = FakeMessages.fact(contract, new ChainMessage.PacketReceived(packet.id(), success));
    chain.mine(fact);
    return Optional.of(fact);
  }

  /** Whether the packet had its effect. */
  public boolean executed(Packet packet) {
    return chain.stored(FakeState.receiptKey(contract, packet.id())).equals(EXECUTED);
  }

  private long last(Bytes counter) {
    Bytes stored = chain.stored(counter);
    return stored.isEmpty() ? 0 : CanonicalReader.decode(stored, CanonicalReader::u64);
  }

  private boolean isLate(Packet.Timeout timeout) {
    return switch (timeout.clock()) {
      case DESTINATION_TIME -> chain.nextSeconds() >= timeout.value();
      case DESTINATION_HEIGHT -> chain.height() + 1 >= timeout.value();
      case RELAY_HEIGHT -> true;
    };
  }
}
