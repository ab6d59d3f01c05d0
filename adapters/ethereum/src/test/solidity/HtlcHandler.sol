// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {TestToken} from "./tokens/TestToken.sol";
import {FeeToken, Receiver} from "./BadTokens.sol";
import {HtlcFixture} from "./HtlcFixture.sol";

/// @dev Locks, claims and refunds in any order, with coins and tokens, single and in batches, with and without signatures.
contract HtlcHandler is HtlcFixture {
    address private constant SPONSOR = address(0x5109);

    struct Entry {
        HtlcBase.Terms terms;
        bytes32 secret;
        uint256 group; // 0: a slot of its own; otherwise which batch, from 1
        uint256 index;
    }

    struct Group {
        HtlcBatches.Batch batch;
        bytes32[] hashes;
        uint256[] claims;
        bytes32[] secrets;
        bytes32[] ids;
        bytes32 batchId;
    }

    Entry[] private entries;
    Group[] private groups;
    FeeToken public immutable fee = new FeeToken();
    uint256[3] private keys = [0xA1, 0xA2, 0];
    address[3] private parties;
    uint256 private made;
    /// what happened that never may
    bool public wrong;

    constructor(TrestleHtlc htlc_) {
        htlc = htlc_;
        token = new TestToken();
        Receiver refusing = new Receiver();
        refusing.set(Receiver.Mode.REFUSE, htlc, "");
        parties = [vm.addr(keys[0]), vm.addr(keys[1]), address(refusing)];
        token.mint(address(this), type(uint128).max);
        token.approve(address(htlc), type(uint256).max);
        fee.mint(address(this), type(uint128).max);
        fee.approve(address(htlc), type(uint256).max);
    }

    function setUp() public override {}

    function newSecret() private returns (bytes32) {
        return keccak256(abi.encode(made++ / 2)); // every hash is used twice
    }

    function terms(uint96 amount, uint8 who, uint32 lifetime, address asset)
        private
        returns (HtlcBase.Terms memory, bytes32 secret)
    {
        secret = newSecret();
        bytes32 h = sha256(abi.encodePacked(secret));
        uint64 expiry = uint64(block.timestamp + lifetime % 5_000);
        return (HtlcBase.Terms(h, asset, amount, parties[who % 3], parties[(who / 3) % 3], expiry), secret);
    }

    function lockOne(uint96 amount, uint8 who, uint32 lifetime, uint8 kind) external {
        address asset = kind % 4 == 0 ? address(fee) : kind % 4 == 1 ? address(token) : address(0);
        (HtlcBase.Terms memory t, bytes32 secret) = terms(amount, who, lifetime, asset);
        if (asset == address(0)) vm.deal(address(this), amount);
        if (kind % 4 == 3) {
            htlc.lockCoinFor{value: amount}(t.hash, claimOf(t.claimer, t.expiry), t.refunder);
        } else {
            lock(t);
        }
        entries.push(Entry(t, secret, 0, 0));
    }

    function lockMany(uint96 amount, uint8 who, uint32 lifetime, uint8 size, bool coin) external {
        uint256 n = 1 + uint256(size) % 5;
        Group memory g;
        (HtlcBase.Terms memory t, bytes32 first) = terms(amount, who, lifetime, coin ? address(0) : address(token));
        g.batch = HtlcBatches.Batch(t.token, t.refunder, t.expiry);
        (g.hashes, g.claims, g.secrets) = (new bytes32[](n), new uint256[](n), new bytes32[](n));
        for (uint256 i = 0; i < n; i++) {
            g.secrets[i] = i == 0 ? first : newSecret();
            g.hashes[i] = sha256(abi.encodePacked(g.secrets[i]));
            g.claims[i] = claimOf(parties[(who + i) % 3], amount);
        }
        g.ids = idsOf(g.batch, g.hashes, g.claims);
        // one too few, or more than needed: the last is skipped, or something goes back
        uint256 value = coin ? uint256(amount) * n + size - 128 : 0;
        vm.deal(address(this), value);
        g.batchId = htlc.lockBatch{value: value}(g.batch, g.hashes, g.claims);
        groups.push(g);
        for (uint256 i = 0; i < n; i++) {
            if (stateOf(g.batchId, i) != 1) continue;
            entries.push(Entry(leafTerms(g.batch, g.hashes[i], g.claims[i]), g.secrets[i], groups.length, i));
        }
    }

    function placeOf(Entry memory e) private view returns (TrestleHtlc.Place memory) {
        return e.group == 0 ? own() : leafOf(groups[e.group - 1].ids, e.index);
    }

    function keyOf(Entry memory e) private view returns (bytes32) {
        return e.group == 0 ? idOf(e.terms) : keyOf(groups[e.group - 1].batchId, e.index);
    }

    function claimOne(uint8 which, bool rightSecret, bool alone) external {
        Entry memory e = entries[which % entries.length];
        bytes32 secret = rightSecret ? e.secret : bytes32(uint256(which));
        if (alone && e.group == 0) claim(secret, e.terms);
        else htlc.claimAt(secret, e.terms, placeOf(e));
        if (block.timestamp >= e.terms.expiry || !rightSecret) wrong = true;
    }

    function claimSponsored(uint8 which, uint8 signer, uint96 part) external {
        Entry memory e = entries[which % entries.length];
        uint256 key = keys[signer % 3] == 0 ? 0xbad : keys[signer % 3];
        TrestleHtlc.Sponsorship memory s =
            TrestleHtlc.Sponsorship(parties[0], part % (e.terms.amount + 1), SPONSOR, e.terms.expiry, 0, 0);
        (s.r, s.vs) = signHash(key, claimHash(keyOf(e), s));
        TrestleHtlc.Place memory place = placeOf(e);
        vm.prank(SPONSOR);
        htlc.claimFor(e.secret, e.terms, place, s);
        if (block.timestamp >= e.terms.expiry || vm.addr(key) != e.terms.claimer) wrong = true;
        if (s.fee > e.terms.amount / 2) wrong = true;
    }

    function claimTwo(uint8 which, uint8 other) external {
        HtlcBase.Terms[] memory two = new HtlcBase.Terms[](2);
        bytes32[] memory with = new bytes32[](2);
        (two[0], with[0]) = (entries[which % entries.length].terms, entries[which % entries.length].secret);
        (two[1], with[1]) = (entries[other % entries.length].terms, entries[other % entries.length].secret);
        htlc.claimBatch(with, two);
    }

    function claimGroup(uint8 group, uint8 known) external {
        Group memory g = groups[group % groups.length];
        uint256 which = known & ((1 << g.ids.length) - 1);
        for (uint256 i = 0; i < g.ids.length; i++) {
            if (which >> i & 1 == 0) g.secrets[i] = g.hashes[i];
        }
        htlc.claimFromBatch(g.batch, which, g.secrets, g.claims);
        if (block.timestamp >= g.batch.expiry) wrong = true;
    }

    function refundOne(uint8 which, bool alone) external {
        Entry memory e = entries[which % entries.length];
        if (alone && e.group == 0) refund(e.terms);
        else htlc.refundAt(e.terms, placeOf(e));
        if (block.timestamp < e.terms.expiry) wrong = true;
    }

    function refundGroup(uint8 group) external {
        Group memory g = groups[group % groups.length];
        htlc.refundBatch(g.batch, g.hashes, g.claims);
        if (block.timestamp < g.batch.expiry) wrong = true;
    }

    function refundAgreed(uint8 which, uint8 signer) external {
        Entry memory e = entries[which % entries.length];
        uint256 key = keys[signer % 3] == 0 ? 0xbad : keys[signer % 3];
        (bytes32 r, bytes32 vs) = signHash(key, refundHash(keyOf(e)));
        htlc.refundTogether(e.terms, placeOf(e), r, vs);
        if (vm.addr(key) != e.terms.claimer) wrong = true;
    }

    function pass(uint16 time) external {
        vm.warp(block.timestamp + time % 1_000);
    }

    function isOpen(Entry memory e) private view returns (bool) {
        if (e.group == 0) return htlc.status(idOf(e.terms)) == 1;
        return stateOf(groups[e.group - 1].batchId, e.index) == 1;
    }

    /// What is locked, and what has been, of an asset.
    function sums(address asset) external view returns (uint256 open, uint256 ended) {
        for (uint256 i = 0; i < entries.length; i++) {
            if (entries[i].terms.token != asset) continue;
            if (isOpen(entries[i])) open += entries[i].terms.amount;
            else ended += entries[i].terms.amount;
        }
    }

    function balanceOf(address asset, address holder) public view returns (uint256) {
        return asset == address(0) ? holder.balance : TestToken(asset).balanceOf(holder);
    }

    function held(address asset) external view returns (uint256 sum) {
        for (uint256 i = 0; i < 3; i++) {
            sum += balanceOf(asset, parties[i]);
        }
        return sum + balanceOf(asset, SPONSOR);
    }

    function contractAddress() external view returns (address) {
        return address(htlc);
    }

    function assets() external view returns (address[3] memory) {
        return [address(0), address(token), address(fee)];
    }
}
