package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.evm.EvmFixture;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import dev.trestle.proofs.Rlp;
import dev.trestle.proofs.RlpItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Makes and seals headers of a permissioned chain. Deterministic; blocks are made in order. */
final class PoaChain {
  static final long GENESIS_TIME = 1_600_000_000L;
  static final ChainId CHAIN = ChainId.parse("eip155:1337");
  static final long EPOCH = 30;

  /** Sets of every size have the same members, whose keys take long to compute. */
  private static final Map<String, SecretKey> DERIVED = new ConcurrentHashMap<>();

  private static final Map<PublicKey, EvmAddress> ADDRESSES = new ConcurrentHashMap<>();

  final Consensus consensus;
  final EvmFixture world;
  final List<SecretKey> keys = new ArrayList<>();
  private final String seed;
  private final List<EvmAddress> addresses;
  private final Map<Long, Bytes> headers = new TreeMap<>();

  PoaChain(Consensus consensus, String seed, int validators) {
    this.consensus = consensus;
    this.seed = seed;
    this.world = new EvmFixture(seed, this::hashed);
    IntStream.range(0, validators)
        .mapToObj(i -> DERIVED.computeIfAbsent(seed + "/key/" + i, PoaChain::derive))
        .sorted(Comparator.comparing(PoaChain::address))
        .forEach(keys::add);
    this.addresses = keys.stream().map(PoaChain::address).toList();
  }

  private static SecretKey derive(String name) {
    return SecretKey.of(Digests.sha256(Bytes.utf8(name)).bytes());
  }

  static EvmAddress address(SecretKey key) {
    return ADDRESSES.computeIfAbsent(key.publicKey(), PublicKey::evmAddress);
  }

  List<EvmAddress> addresses(int... members) {
    return IntStream.of(members).mapToObj(addresses::get).sorted().toList();
  }

  PoaSettings settings(boolean skipping) {
    return new PoaSettings(
        CHAIN, consensus, EPOCH, skipping, consensus.isClique() ? 3 : 0, 7 * 86_400);
  }

  /** A header to come; everything can be changed before it is sealed. */
  final class Draft {
    final long number;
    Hash32 parent;
    long timestamp;
    List<EvmAddress> listed = List.of();
    EvmAddress beneficiary;
    Optional<Vote> vote = Optional.empty();
    long round;
    Bytes difficulty = Bytes.fromHex("01");
    String variant = "";

    Draft(long number) {
      this.number = number;
      this.parent = headers.containsKey(number - 1) ? hash(number - 1) : Hash32.ZERO;
      this.timestamp = GENESIS_TIME + 5 * number;
      this.beneficiary = new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE]));
    }

    Draft listing(int... members) {
      listed = addresses(members);
      return proposedBy(members.length == 0 ? 0 : members[0]);
    }

    Draft proposedBy(int member) {
      beneficiary = addresses.get(member);
      return this;
    }

    Draft voting(int member, boolean add) {
      vote = Optional.of(new Vote(addresses.get(member), add));
      return this;
    }

    Draft childOf(Hash32 hash) {
      parent = hash;
      return this;
    }

    Draft variant(String name) {
      variant = name;
      return this;
    }

    Draft inRound(long number) {
      round = number;
      return this;
    }

    Draft at(long seconds) {
      timestamp = seconds;
      return this;
    }

    PoaHeader header(Bytes extraData) {
      boolean clique = consensus.isClique();
      Bytes nonce = Bytes.wrap(new byte[8]);
      EvmAddress coinbase = beneficiary;
      if (clique) {
        coinbase =
            vote.map(Vote::subject).orElse(new EvmAddress(Bytes.wrap(new byte[EvmAddress.SIZE])));
        nonce = vote.filter(Vote::add).isPresent() ? Bytes.fromHex("ff".repeat(8)) : nonce;
      }
      return new PoaHeader(
          List.of(
              RlpItem.of(parent.bytes()),
              RlpItem.of(PoaHeader.NO_OMMERS.bytes()),
              RlpItem.of(coinbase.bytes()),
              RlpItem.of(world.state(number).root().bytes()),
              RlpItem.of(world.hash("transactions" + variant, number).bytes()),
              RlpItem.of(world.receipts(number).root().bytes()),
              RlpItem.of(Bytes.wrap(new byte[256])),
              RlpItem.of(difficulty),
              RlpItem.of(number),
              RlpItem.of(30_000_000),
              RlpItem.of(21_000),
              RlpItem.of(timestamp),
              RlpItem.of(extraData),
              RlpItem.of((clique ? Hash32.ZERO : BftRules.MIX_HASH).bytes()),
              RlpItem.of(nonce)));
    }

    private Bytes bftExtra(List<Bytes> seals) {
      return new BftExtraData(
              consensus.dialect(), world.hash("vanity", 0).bytes(), listed, vote, round, seals)
          .encode();
    }

    /** The digest that validators seal. */
    Hash32 commitHash() {
      return BftRules.commitHash(header(bftExtra(List.of())), consensus.dialect());
    }

    Bytes sealedBy(int... members) {
      Hash32 digest = commitHash();
      return withSeals(IntStream.of(members).mapToObj(i -> seal(keys.get(i), digest)).toList());
    }

    Bytes withSeals(List<Bytes> seals) {
      return header(bftExtra(seals)).encode();
    }

    /** Clique: in turn when the signer's position says so. */
    Bytes signedBy(int signer, int... signers) {
      List<EvmAddress> set = addresses(signers);
      boolean inTurn = number % set.size() == set.indexOf(addresses.get(signer));
      difficulty = Bytes.fromHex(inTurn ? "02" : "01");
      return signedAs(signer, number % EPOCH == 0 ? set : List.of());
    }

    Draft inTurn() {
      difficulty = Bytes.fromHex("02");
      return this;
    }

    Bytes signedAs(int signer, List<EvmAddress> inExtra) {
      Bytes list = Bytes.concat(inExtra.stream().map(EvmAddress::bytes).toArray(Bytes[]::new));
      Bytes vanity = world.hash("vanity", 0).bytes();
      Bytes unsigned = Bytes.concat(vanity, list, Bytes.wrap(new byte[Seal.SIZE]));
      Hash32 digest = CliqueRules.sealHash(header(unsigned));
      return header(Bytes.concat(vanity, list, seal(keys.get(signer), digest))).encode();
    }
  }

  static Bytes seal(SecretKey key, Hash32 digest) {
    EcdsaSignature signature = Secp256k1.instance().signEcdsa(digest, key);
    byte[] v = {(byte) signature.recoveryId()};
    return Bytes.concat(signature.rs(), Bytes.wrap(v));
  }

  Draft draft(long number) {
    return new Draft(number);
  }

  /** Makes a header part of the chain. */
  Bytes add(long number, Bytes header) {
    headers.put(number, header);
    return header;
  }

  Bytes header(long number) {
    return java.util.Objects.requireNonNull(headers.get(number), "block " + number);
  }

  Hash32 hash(long number) {
    return hashOf(header(number));
  }

  Hash32 hashOf(Bytes rlp) {
    PoaHeader header = PoaHeader.decode(rlp);
    return consensus.isClique()
        ? header.plainHash()
        : BftRules.blockHash(header, consensus.dialect());
  }

  /** A header as it is hashed: ancestors in proofs have this form. */
  Bytes hashed(long number) {
    PoaHeader header = PoaHeader.decode(header(number));
    if (consensus.isClique()) {
      return header.encode();
    }
    Bytes extra = BftExtraData.withoutSealsAndRound(header.extraData(), consensus.dialect());
    List<RlpItem> fields = new ArrayList<>(header.fields());
    fields.set(12, RlpItem.of(extra));
    return Rlp.encode(RlpItem.of(fields));
  }

  @Override
  public String toString() {
    return consensus + " " + seed;
  }
}
