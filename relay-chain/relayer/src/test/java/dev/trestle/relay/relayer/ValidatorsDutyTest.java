package dev.trestle.relay.relayer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.PacketPort;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which change of validators is sent to a contract, and when. */
class ValidatorsDutyTest {
  private final Contract contract = new Contract();
  private final ValidatorsDuty duty =
      new ValidatorsDuty(
          new Nothing(),
          chain -> Optional.empty(),
          SecretKey.derive(Bytes.utf8("relayer"), "validators"));
  private final ValidatorsDuty.Bridge bridge =
      new ValidatorsDuty.Bridge(
          ChainId.parse("eip155:1"), Bytes.utf8("bridge"), contract, contract.chain);

  private static List<HandOver> handOvers(long... epochs) {
    return LongStream.of(epochs)
        .mapToObj(
            epoch ->
                new HandOver(
                    epoch,
                    Bytes.utf8("header " + epoch),
                    Bytes.utf8("certificate"),
                    List.of(),
                    List.of()))
        .toList();
  }

  @Test
  void oneAtATimeAndInOrder() {
    List<HandOver> all = handOvers(1, 2, 3);
    for (int epoch = 1; epoch <= 3; epoch++) {
      duty.tell(bridge, all);
      duty.tell(bridge, all);
      assertThat(contract.headers).as("not twice").hasSize(epoch);
      assertThat(contract.headers).last().isEqualTo(Bytes.utf8("header " + epoch));
      contract.mine(true);
    }
    duty.tell(bridge, all);
    assertThat(contract.headers).as("it knows all").hasSize(3);
  }

  @Test
  void whatGotLostOrRevertedIsSentAgain() {
    List<HandOver> all = handOvers(1);
    duty.tell(bridge, all);
    contract.chain.status = new TransactionPort.TransactionStatus.Unknown();
    duty.tell(bridge, all);
    assertThat(contract.headers).hasSize(2);
    contract.mine(false);
    duty.tell(bridge, all);
    assertThat(contract.headers).hasSize(3);
  }

  /** A contract that was made for a later era needs no older change; one with a gap gets none. */
  @Test
  void onlyWhatFollowsWhatItKnows() {
    contract.epoch = 1;
    duty.tell(bridge, handOvers(1));
    assertThat(contract.headers).isEmpty();
    duty.tell(bridge, handOvers(3));
    assertThat(contract.headers).isEmpty();
    duty.tell(bridge, handOvers(1, 2));
    assertThat(contract.headers).containsExactly(Bytes.utf8("header 2"));
  }

  /** A contract that takes every change. */
  private static final class Contract implements PacketPort {
    private final Chain chain = new Chain();
    private final List<Bytes> headers = new ArrayList<>();
    private long epoch;

    private void mine(boolean success) {
      epoch += success ? 1 : 0;
      chain.status =
          new TransactionPort.TransactionStatus.Included(1, Hash32.ZERO, 1, true, success);
    }

    @Override
    public Future<Long> validatorEpoch(Bytes bridge) {
      return Future.succeededFuture(epoch);
    }

    @Override
    public Future<TransactionPort.SignedTransaction> prepareValidatorUpdate(
        Bytes bridge,
        Bytes header,
        Bytes certificate,
        List<EvmAddress> validators,
        List<EvmAddress> nextValidators,
        SecretKey from) {
      headers.add(header);
      return Future.succeededFuture(
          new TransactionPort.SignedTransaction(
              Digests.sha256(header), Bytes.utf8("raw"), Amount.ZERO));
    }

    @Override
    public Future<TransactionPort.SignedTransaction> prepareDelivery(
        Bytes bridge, PacketDelivery delivery, SecretKey from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Boolean> isDelivered(Bytes bridge, Hash32 packetId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<TransactionPort.SignedTransaction> prepareBurn(
        Bytes bridge, Hash32 assetId, Amount amount, Bytes recipient, SecretKey holder) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Amount> wrappedBalance(Bytes bridge, Hash32 assetId, String address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Amount> wrappedSupply(Bytes bridge, Hash32 assetId) {
      throw new UnsupportedOperationException();
    }
  }

  /** A chain on which everything waits until a test says otherwise. */
  private static final class Chain implements TransactionPort {
    private TransactionStatus status = new TransactionStatus.Pending();

    @Override
    public Future<Hash32> broadcast(Bytes signedTransaction) {
      status = new TransactionStatus.Pending();
      return Future.succeededFuture(Hash32.ZERO);
    }

    @Override
    public Future<TransactionStatus> status(Hash32 transactionId) {
      return Future.succeededFuture(status);
    }

    @Override
    public Future<Amount> balance(String address) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String address(SecretKey key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<SignedTransaction> preparePayment(
        SecretKey from, String toAddress, Amount amount) {
      throw new UnsupportedOperationException();
    }
  }

  /** Is not asked: the changes are given. */
  private static final class Nothing implements RelayChain {
    @Override
    public LedgerView view() {
      throw new UnsupportedOperationException();
    }

    @Override
    public long height() {
      return 0;
    }

    @Override
    public Receipt submit(TransactionBody body) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<HandOver> handOvers() {
      return List.of();
    }

    @Override
    public Optional<PacketPort.PacketDelivery> delivery(Hash32 packetId) {
      throw new UnsupportedOperationException();
    }
  }
}
