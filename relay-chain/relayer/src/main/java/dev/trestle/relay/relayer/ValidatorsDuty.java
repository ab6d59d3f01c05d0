package dev.trestle.relay.relayer;

import static dev.trestle.adapter.Async.await;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.ChainRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the bridge contracts of each change of validators, in order and one at a time: a contract
 * that does not know the set of a block takes no packet of it. The contract checks the certificate
 * of the old set itself and takes each change once, so one that was forgotten in a crash may be
 * sent again.
 */
final class ValidatorsDuty implements Duty {
  private static final Logger LOG = LoggerFactory.getLogger(ValidatorsDuty.class);

  private final RelayChain relay;
  private final ChainDirectory chains;
  private final SecretKey key;

  /** The change that is on its way to each chain. */
  private final Map<ChainId, Hash32> sent = new ConcurrentHashMap<>();

  /** A bridge contract and the ways to its chain. */
  record Bridge(ChainId chain, Bytes contract, PacketPort port, TransactionPort transactions) {}

  ValidatorsDuty(RelayChain relay, ChainDirectory chains, SecretKey key) {
    this.relay = relay;
    this.chains = chains;
    this.key = key;
  }

  @Override
  public String name() {
    return "validators";
  }

  @Override
  public void run() {
    List<HandOver> handOvers = relay.handOvers();
    if (!handOvers.isEmpty()) {
      Duty.each(relay.view().chains(), chain -> tell(chain, handOvers));
    }
  }

  private void tell(ChainRecord chain, List<HandOver> handOvers) {
    Optional<ChainAdapter> adapter = chains.adapter(chain.chain());
    Optional<PacketPort> port = adapter.flatMap(ChainAdapter::packets);
    if (port.isPresent() && chain.bridgeContract().isPresent()) {
      tell(
          new Bridge(
              chain.chain(),
              chain.bridgeContract().get(),
              port.get(),
              adapter.get().transactions()),
          handOvers);
    }
  }

  /** Sends the next change that {@code bridge} does not know, unless one is on its way. */
  void tell(Bridge bridge, List<HandOver> handOvers) {
    if (isOnItsWay(bridge)) {
      return;
    }
    long known = await(bridge.port().validatorEpoch(bridge.contract()));
    Optional<HandOver> next =
        handOvers.stream().filter(each -> each.epoch() == known + 1).findFirst();
    if (next.isEmpty()) {
      return;
    }
    HandOver over = next.get();
    SignedTransaction transaction =
        await(
            bridge
                .port()
                .prepareValidatorUpdate(
                    bridge.contract(),
                    over.header(),
                    over.certificate(),
                    over.validators(),
                    over.next(),
                    key));
    sent.put(bridge.chain(), transaction.id());
    await(bridge.transactions().broadcast(transaction.raw()));
    LOG.info("{}: validators of epoch {} in {}", bridge.chain(), over.epoch(), transaction.id());
  }

  private boolean isOnItsWay(Bridge bridge) {
    ChainId chain = bridge.chain();
    Hash32 transactionId = sent.get(chain);
    if (transactionId == null) {
      return false;
    }
    return switch (await(bridge.transactions().status(transactionId))) {
      case TransactionStatus.Pending pending -> true;
      case TransactionStatus.Included included -> {
        if (!included.success()) {
          LOG.warn("{}: the change of validators {} reverted", chain, transactionId);
        }
        sent.remove(chain);
        yield false; // what the contract knows by now says what is next
      }
      case TransactionStatus.Unknown unknown -> {
        sent.remove(chain);
        yield false;
      }
    };
  }
}
