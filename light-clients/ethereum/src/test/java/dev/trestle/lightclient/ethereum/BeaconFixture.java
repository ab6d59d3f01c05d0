package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Bls12381;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.ethereum.BeaconFork.HeaderForm;
import dev.trestle.lightclient.ethereum.BeaconNetwork.Activation;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.proofs.ssz.SszRoot;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A beacon chain as far as light clients see it: committees of own keys, states of which only the
 * leaves that are proved are filled in, and signatures. Deterministic.
 */
final class BeaconFixture {
  /** Block number of the execution block of slot 0. */
  static final long FIRST_NUMBER = 1_000;

  static final long GENESIS_TIME = 1_600_000_000L;
  static final ChainId CHAIN = ChainId.parse("eip155:32382");

  final BeaconNetwork network;
  final Preset preset;
  final ExecutionFixture execution;
  private final String seed;
  private final Map<Long, List<Bls12381.Signer>> committees = new ConcurrentSkipListMap<>();

  BeaconFixture(BeaconNetwork network, String seed) {
    this.network = network;
    this.preset = network.preset();
    this.seed = seed;
    this.execution = new ExecutionFixture(seed, GENESIS_TIME - 12 * FIRST_NUMBER);
  }

  /** A network in which the forks up to {@code newest} begin at these epochs. */
  static BeaconNetwork network(Preset preset, SortedMap<BeaconFork, Long> epochs) {
    List<Activation> forks = new ArrayList<>();
    epochs.forEach(
        (fork, epoch) ->
            forks.add(
                new Activation(fork, epoch, Bytes.wrap(new byte[] {(byte) fork.code(), 0, 0, 1}))));
    Hash32 root = Digests.sha256(Bytes.utf8("genesis validators"));
    return new BeaconNetwork(preset, root, forks, GENESIS_TIME, 12);
  }

  /** All forks up to this one from the start. */
  static BeaconNetwork at(Preset preset, BeaconFork newest) {
    TreeMap<BeaconFork, Long> epochs = new TreeMap<>();
    for (BeaconFork fork : BeaconFork.values()) {
      if (newest.isAtLeast(fork)) {
        epochs.put(fork, 0L);
      }
    }
    return network(preset, epochs);
  }

  List<Bls12381.Signer> signers(long period) {
    return committees.computeIfAbsent(
        period,
        number -> {
          List<Bls12381.Signer> signers = new ArrayList<>();
          for (int i = 0; i < preset.committeeSize(); i++) {
            Bytes material = Bytes.utf8(seed + "/" + number + "/" + i);
            signers.add(new Bls12381.Signer(Digests.sha256(material).bytes()));
          }
          return signers;
        });
  }

  SyncCommittee committee(long period) {
    List<Bytes> keys = signers(period).stream().map(Bls12381.Signer::publicKey).toList();
    return new SyncCommittee(Bytes.concat(keys.toArray(Bytes[]::new)), keys.getFirst());
  }

  long number(long slot) {
    return FIRST_NUMBER + slot;
  }

  Hash32 filler(String what, long number) {
    return Digests.sha256(Bytes.utf8(seed + what + number));
  }

  /** The leaves of a tree that matter; everything else is filled up. */
  static final class Tree {
    private final SortedMap<Long, Hash32> leaves;
    private final Hash32 filler;

    Tree(SortedMap<Long, Hash32> leaves, Hash32 filler) {
      this.leaves = leaves;
      this.filler = filler;
    }

    Hash32 node(long index) {
      Hash32 leaf = leaves.get(index);
      if (leaf != null) {
        return leaf;
      }
      return leaves.keySet().stream().anyMatch(each -> isBelow(each, index))
          ? SszRoot.pair(node(2 * index), node(2 * index + 1))
          : Digests.sha256(filler.bytes(), SszRoot.uint64(index).bytes());
    }

    private static boolean isBelow(long leaf, long index) {
      long at = leaf;
      while (at > index) {
        at /= 2;
      }
      return at == index;
    }

    /** Siblings from the leaf up, after as many zero nodes as the container wants more. */
    List<Hash32> branch(long index, int length) {
      List<Hash32> branch = new ArrayList<>();
      for (long at = index; at > 1; at /= 2) {
        branch.add(node(at % 2 == 0 ? at + 1 : at - 1));
      }
      while (branch.size() < length) {
        branch.addFirst(Hash32.ZERO);
      }
      return branch;
    }
  }

  ExecutionPayloadHeader payload(long slot) {
    long number = number(slot);
    boolean blobs = network.forkAt(slot).isAtLeast(BeaconFork.DENEB);
    return new ExecutionPayloadHeader(
        execution.decoded(number).parentHash(),
        EvmFixture.WALLET.bytes(),
        execution.world.state(number).root(),
        execution.world.receipts(number).root(),
        Bytes.wrap(new byte[256]),
        filler("randao", slot),
        number,
        30_000_000,
        21_000,
        execution.timestamp(number),
        Bytes.utf8("extra"),
        BigInteger.valueOf(7),
        execution.decoded(number).hash(),
        filler("transactions", slot),
        filler("withdrawals", slot),
        blobs ? 131_072 : 0,
        blobs ? 5 : 0);
  }

  /** The header of a slot whose state has these leaves, in a container of this form. */
  LightClientHeader header(long slot, HeaderForm form, Tree state, String variant) {
    BeaconFork fork = network.forkAt(slot);
    TreeMap<Long, Hash32> body = new TreeMap<>();
    if (fork.isAtLeast(BeaconFork.GLOAS)) {
      body.put(LightClientHeader.BLOCK_HASH_INDEX_GLOAS, blockHash(slot));
    } else if (fork.isAtLeast(BeaconFork.CAPELLA)) {
      body.put(
          LightClientHeader.PAYLOAD_INDEX, payload(slot).root(fork.isAtLeast(BeaconFork.DENEB)));
    }
    Tree bodyTree = new Tree(body, filler("body" + variant, slot));
    BeaconBlockHeader beacon =
        new BeaconBlockHeader(
            slot, slot % 7, filler("parent", slot), state.node(1), bodyTree.node(1));
    boolean bare = !fork.isAtLeast(BeaconFork.CAPELLA);
    return switch (form) {
      case BEACON -> new LightClientHeader.BeaconOnlyHeader(beacon);
      case PAYLOAD, PAYLOAD_WITH_BLOBS ->
          new LightClientHeader.PayloadHeader(
              beacon,
              bare ? ExecutionPayloadHeader.EMPTY : payload(slot),
              bare
                  ? LightClientHeader.zeros(4)
                  : bodyTree.branch(LightClientHeader.PAYLOAD_INDEX, 4),
              form == HeaderForm.PAYLOAD_WITH_BLOBS);
      case BLOCK_HASH ->
          new LightClientHeader.BlockHashHeader(
              beacon, bare ? Hash32.ZERO : blockHash(slot), blockHashBranch(slot, bodyTree));
    };
  }

  /** Of a header before Gloas: within the payload first, then of the payload in the body. */
  private List<Hash32> blockHashBranch(long slot, Tree body) {
    BeaconFork fork = network.forkAt(slot);
    if (fork.isAtLeast(BeaconFork.GLOAS)) {
      return body.branch(LightClientHeader.BLOCK_HASH_INDEX_GLOAS, 11);
    }
    if (!fork.isAtLeast(BeaconFork.CAPELLA)) {
      return LightClientHeader.zeros(11);
    }
    boolean blobs = fork.isAtLeast(BeaconFork.DENEB);
    long width = blobs ? 32 : 16;
    List<Hash32> fields = payload(slot).fieldRoots(blobs);
    TreeMap<Long, Hash32> leaves = new TreeMap<>();
    for (int i = 0; i < width; i++) {
      leaves.put(width + i, i < fields.size() ? fields.get(i) : Hash32.ZERO);
    }
    List<Hash32> branch = new ArrayList<>(new Tree(leaves, Hash32.ZERO).branch(width + 12, 0));
    branch.addAll(body.branch(LightClientHeader.PAYLOAD_INDEX, 4));
    while (branch.size() < 11) {
      branch.addFirst(Hash32.ZERO);
    }
    return branch;
  }

  /** From Gloas on a block names the execution block of its parent. */
  Hash32 blockHash(long slot) {
    return execution.decoded(number(slot)).hash();
  }

  private Tree state(long slot, Optional<Hash32> finalizedRoot, String variant) {
    BeaconFork fork = network.forkAt(slot);
    long period = preset.periodAt(slot);
    TreeMap<Long, Hash32> leaves = new TreeMap<>();
    leaves.put(fork.currentCommitteeIndex(), committee(period).root());
    leaves.put(fork.nextCommitteeIndex(), committee(period + 1).root());
    finalizedRoot.ifPresent(root -> leaves.put(fork.finalizedRootIndex(), root));
    return new Tree(leaves, filler("state" + variant, slot));
  }

  LightClientHeader header(long slot, BeaconFork container, String variant) {
    return header(slot, container.headerForm(), state(slot, Optional.empty(), variant), variant);
  }

  LightClientBootstrap bootstrap(long slot, BeaconFork container) {
    Tree state = state(slot, Optional.empty(), "");
    return new LightClientBootstrap(
        header(slot, container.headerForm(), state, ""),
        committee(preset.periodAt(slot)),
        state.branch(
            network.forkAt(slot).currentCommitteeIndex(), container.currentCommitteeDepth()));
  }

  /** What an update is made of; every part can be changed before it is signed. */
  final class Plan {
    long attested;
    Optional<Long> finalized = Optional.empty();
    boolean committee;
    long signatureSlot;
    long signingPeriod;
    BitSet seats = new BitSet();
    BeaconFork container;
    Optional<Bytes> version = Optional.empty();
    String variant = "";
    String finalVariant = "";

    Plan(long attested) {
      this.attested = attested;
      this.container = network.forkAt(attested).container();
      signedAt(attested + 1);
      first(preset.committeeSize());
    }

    Plan finalizing(long slot) {
      finalized = Optional.of(slot);
      return this;
    }

    Plan withCommittee() {
      committee = true;
      return this;
    }

    Plan signedAt(long slot) {
      signatureSlot = slot;
      signingPeriod = preset.periodAt(slot);
      return this;
    }

    Plan by(long period) {
      signingPeriod = period;
      return this;
    }

    Plan first(int count) {
      seats = new BitSet();
      seats.set(0, count);
      return this;
    }

    Plan in(BeaconFork fork) {
      container = fork.container();
      return this;
    }

    Plan underVersion(Bytes forkVersion) {
      version = Optional.of(forkVersion);
      return this;
    }

    /** Another attested block at the same slot, over the same final one. */
    Plan variant(String name) {
      variant = name;
      return this;
    }

    /** Another final block at the same slot. */
    Plan finalVariant(String name) {
      finalVariant = name;
      return variant(name);
    }

    LightClientUpdate build() {
      BeaconFork fork = network.forkAt(attested);
      HeaderForm form = container.headerForm();
      LightClientHeader finalHeader =
          finalized
              .map(slot -> header(slot, container, finalVariant))
              .orElseGet(() -> LightClientHeader.empty(form));
      Tree state = state(attested, finalized.map(slot -> finalHeader.beacon().root()), variant);
      LightClientHeader header = header(attested, form, state, variant);
      return new LightClientUpdate(
          header,
          committee
              ? BeaconFixture.this.committee(preset.periodAt(attested) + 1)
              : SyncCommittee.empty(preset),
          committee
              ? state.branch(fork.nextCommitteeIndex(), container.nextCommitteeDepth())
              : LightClientHeader.zeros(container.nextCommitteeDepth()),
          finalHeader,
          finalized.isPresent()
              ? state.branch(fork.finalizedRootIndex(), container.finalityDepth())
              : LightClientHeader.zeros(container.finalityDepth()),
          aggregate(header.beacon().root()),
          signatureSlot);
    }

    /** The aggregate with the first signer's signature added once more. */
    SyncAggregate aggregateTwice(Hash32 attestedRoot) {
      Bytes message = network.signingRoot(attestedRoot, signatureSlot).bytes();
      Bytes once = aggregate(attestedRoot).signature();
      Bytes again = signers(signingPeriod).get(seats.nextSetBit(0)).sign(message);
      return new SyncAggregate(bits(), Bls12381.aggregate(List.of(once, again)));
    }

    SyncAggregate aggregate(Hash32 attestedRoot) {
      Bytes message =
          version
              .map(each -> signingRoot(attestedRoot, each))
              .orElseGet(() -> network.signingRoot(attestedRoot, signatureSlot))
              .bytes();
      List<Bytes> signatures =
          seats.stream().mapToObj(seat -> signers(signingPeriod).get(seat).sign(message)).toList();
      return new SyncAggregate(bits(), Bls12381.aggregate(signatures));
    }

    Bytes bits() {
      byte[] raw = new byte[preset.committeeSize() / 8];
      seats.stream().forEach(seat -> raw[seat / 8] |= (byte) (1 << (seat % 8)));
      return Bytes.wrap(raw);
    }

    private Hash32 signingRoot(Hash32 attestedRoot, Bytes forkVersion) {
      Bytes domain =
          Bytes.concat(
              Bytes.fromHex("07000000"), network.forkDataRoot(forkVersion).bytes().slice(0, 28));
      return SszRoot.container(attestedRoot, new Hash32(domain));
    }

    Bytes message() {
      return message(build());
    }

    Bytes message(LightClientUpdate update) {
      LightClientUpdate.Kind kind =
          committee ? LightClientUpdate.Kind.UPDATE : LightClientUpdate.Kind.FINALITY;
      EthereumMessage.Kind name =
          committee ? EthereumMessage.Kind.UPDATE : EthereumMessage.Kind.FINALITY;
      return new EthereumMessage(name, container, update.encode(kind), rlp()).encode();
    }

    /** Where the beacon header does not carry the payload header. */
    private Optional<Bytes> rlp() {
      return container.headerForm() == HeaderForm.BLOCK_HASH
          ? finalized.map(slot -> execution.header(number(slot)))
          : Optional.empty();
    }
  }

  Plan plan(long attested) {
    return new Plan(attested);
  }

  EthereumAnchor anchor(long slot, Profile profile, long trustingPeriod) {
    BeaconFork container = network.forkAt(slot).container();
    LightClientBootstrap bootstrap = bootstrap(slot, container);
    return new EthereumAnchor(
        new EthereumAnchor.Settings(CHAIN, network, profile, trustingPeriod),
        bootstrap.header().beacon().root(),
        container,
        bootstrap.encode(),
        container.headerForm() == HeaderForm.BLOCK_HASH
            ? Optional.of(execution.header(number(slot)))
            : Optional.empty());
  }
}
