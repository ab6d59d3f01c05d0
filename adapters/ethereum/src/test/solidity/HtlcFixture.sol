// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {TestToken} from "./tokens/TestToken.sol";
import {Base} from "./Base.sol";

/// @dev Terms, batches and signatures, made apart from the contract that is tested.
abstract contract HtlcFixture is Base {
    uint64 internal constant NOW = 1_800_000_000;
    uint64 internal constant EXPIRY = NOW + 3_600;
    uint256 internal constant CLAIMER_KEY = 0xC1A1;
    address internal constant REFUNDER = 0x4ef04ef04Ef04ef04Ef04Ef04EF04ef04ef04ef0;
    address internal constant STRANGER = address(0xbad);
    bytes32 internal constant SECRET = keccak256("secret");
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    address internal claimer;
    bytes32 internal hash;
    TrestleHtlc internal htlc;
    TestToken internal token;

    receive() external payable {}

    function setUp() public virtual {
        vm.warp(NOW);
        vm.deal(address(this), 1_000 ether);
        hash = sha256(abi.encodePacked(SECRET));
        claimer = vm.addr(CLAIMER_KEY);
        htlc = new TrestleHtlc();
        token = new TestToken();
        token.mint(address(this), 1_000_000);
        token.approve(address(htlc), type(uint256).max);
    }

    // ---- one lock

    function termsOf(address asset, uint256 amount) internal view returns (HtlcBase.Terms memory) {
        return HtlcBase.Terms(hash, asset, amount, claimer, REFUNDER, EXPIRY);
    }

    function idOf(HtlcBase.Terms memory t) internal pure returns (bytes32) {
        return keccak256(abi.encode(t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry));
    }

    function lock(HtlcBase.Terms memory t) internal returns (bytes32) {
        htlc.lock{value: t.token == address(0) ? t.amount : 0}(
            t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry
        );
        return idOf(t);
    }

    function lockCoin() internal returns (bytes32) {
        return lock(termsOf(address(0), 1 ether));
    }

    function claim(bytes32 preimage, HtlcBase.Terms memory t) internal {
        htlc.claim(preimage, t.token, t.amount, t.claimer, t.refunder, t.expiry);
    }

    function refund(HtlcBase.Terms memory t) internal {
        htlc.refund(t.hash, t.token, t.amount, t.claimer, t.refunder, t.expiry);
    }

    function own() internal pure returns (TrestleHtlc.Place memory place) {}

    function atDeposit() internal pure returns (TrestleHtlc.Place memory place) {
        place.kind = TrestleHtlc.Kind.DEPOSIT;
    }

    function depositKey(bytes32 id) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, keccak256("TrestleHtlc deposit")));
    }

    // ---- batches

    function batchOf(address asset) internal pure returns (HtlcBatches.Batch memory) {
        return HtlcBatches.Batch(asset, REFUNDER, EXPIRY);
    }

    function claimOf(address to, uint256 amount) internal pure returns (uint256) {
        return uint256(uint160(to)) << 96 | amount;
    }

    /// `n` locks of `amount` each, for claimers of their own.
    function manyOf(uint256 n, uint256 amount)
        internal
        pure
        returns (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets)
    {
        hashes = new bytes32[](n);
        claims = new uint256[](n);
        secrets = new bytes32[](n);
        for (uint256 i = 0; i < n; i++) {
            secrets[i] = keccak256(abi.encode("batch secret", i));
            hashes[i] = sha256(abi.encodePacked(secrets[i]));
            claims[i] = claimOf(payeeOf(i), amount);
        }
    }

    function payeeOf(uint256 i) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("payee", i)))));
    }

    function leafTerms(HtlcBatches.Batch memory batch, bytes32 h, uint256 c) internal pure returns (HtlcBase.Terms memory) {
        return HtlcBase.Terms(
            h, batch.token, c & type(uint96).max, address(uint160(c >> 96)), batch.refunder, batch.expiry
        );
    }

    function idsOf(HtlcBatches.Batch memory batch, bytes32[] memory hashes, uint256[] memory claims)
        internal
        pure
        returns (bytes32[] memory ids)
    {
        ids = new bytes32[](hashes.length);
        for (uint256 i = 0; i < ids.length; i++) {
            ids[i] = idOf(leafTerms(batch, hashes[i], claims[i]));
        }
    }

    function upper(bytes32[] memory nodes) private pure returns (bytes32[] memory above) {
        above = new bytes32[]((nodes.length + 1) / 2);
        for (uint256 i = 0; i < above.length; i++) {
            bytes32 right = 2 * i + 1 < nodes.length ? nodes[2 * i + 1] : bytes32(0);
            above[i] = keccak256(abi.encode(nodes[2 * i], right));
        }
    }

    function batchIdOf(bytes32[] memory ids) internal pure returns (bytes32) {
        bytes32[] memory nodes = ids;
        while (nodes.length > 1) {
            nodes = upper(nodes);
        }
        return keccak256(abi.encode(nodes[0], ids.length));
    }

    function keyOf(bytes32 batchId, uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode(batchId, index));
    }

    function leafOf(bytes32[] memory ids, uint256 index) internal pure returns (TrestleHtlc.Place memory place) {
        uint256 depth;
        for (uint256 width = ids.length; width > 1; width = (width + 1) / 2) depth++;
        place.kind = TrestleHtlc.Kind.BATCH;
        place.count = ids.length;
        place.index = index;
        place.siblings = new bytes32[](depth);
        bytes32[] memory nodes = ids;
        for (uint256 level = 0; level < depth; level++) {
            uint256 other = (index >> level) ^ 1;
            place.siblings[level] = other < nodes.length ? nodes[other] : bytes32(0);
            nodes = upper(nodes);
        }
    }

    function stateOf(bytes32 batchId, uint256 index) internal view returns (uint256) {
        return htlc.batches(batchId) >> (2 * index) & 3;
    }

    // ---- EIP-712

    function digestOf(bytes32 structHash, uint256 chain, address contract_) internal pure returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("TrestleHtlc"),
                keccak256("1"),
                chain,
                contract_
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function signHash(uint256 key, bytes32 structHash) internal view returns (bytes32 r, bytes32 vs) {
        return signDigest(key, digestOf(structHash, block.chainid, address(htlc)));
    }

    function signDigest(uint256 key, bytes32 digest) internal pure returns (bytes32 r, bytes32 vs) {
        (uint8 v, bytes32 r_, bytes32 s) = vm.sign(key, digest);
        if (uint256(s) > ORDER / 2) (s, v) = (bytes32(ORDER - uint256(s)), v == 27 ? 28 : 27);
        return (r_, bytes32(uint256(s) | uint256(v - 27) << 255));
    }

    function refundHash(bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("CooperativeRefund(bytes32 key)"), key));
    }

    function claimHash(bytes32 key, TrestleHtlc.Sponsorship memory s) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                keccak256("Claim(bytes32 key,address to,uint256 fee,address sponsor,uint256 deadline)"),
                key,
                s.to,
                s.fee,
                s.sponsor,
                s.deadline
            )
        );
    }

    function sponsored(bytes32 key, address to, uint256 fee, address sponsor)
        internal
        view
        returns (TrestleHtlc.Sponsorship memory s)
    {
        s = TrestleHtlc.Sponsorship(to, fee, sponsor, EXPIRY, 0, 0);
        (s.r, s.vs) = signHash(CLAIMER_KEY, claimHash(key, s));
    }
}
