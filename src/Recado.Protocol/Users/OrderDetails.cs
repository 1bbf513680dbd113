using System.Globalization;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Users;

/// <summary>One line of an order.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Price">What one costs.</param>
public sealed record OrderItem(string ProductId, string? Name, int Quantity, Money? Price);

/// <summary>What an <see cref="OrderContent"/> is about; the message itself does not say.</summary>
/// <param name="Items">The lines.</param>
/// <param name="Total">The total.</param>
public sealed record OrderDetails(IReadOnlyList<OrderItem> Items, Money? Total)
{
    private const string ImageSize = "100";

    /// <summary>Asks for an order.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="token">The token that came with the order.</param>
    public static Node Request(string id, string orderId, string token) => new(
        "iq",
        [("id", id), ("type", "get"), ("to", Jid.Service), ("xmlns", "fb:thrift_iq"), ("smax_id", "5")],
        new Node(
            "order",
            [("op", "get"), ("id", orderId)],
            Node.Of("image_dimensions", Node.Of("width", ImageSize), Node.Of("height", ImageSize)),
            Node.Of("token", token)));

    /// <summary>Reads the answer.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static OrderDetails Parse(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var order = iq.RequiredChild("order");
        return new(
            [.. order.ChildrenOf("product").Select(ParseItem)],
            order.Child("price") is { } price ? Amount(price, "total") : null);
    }

    private static OrderItem ParseItem(Node product) => new(
        product.RequiredChild("id").Text,
        product.Child("name")?.Text.OrNull(),
        (int)Math.Clamp(Number(product.Child("quantity")) ?? 1, 0, int.MaxValue),
        Amount(product, "price"));

    private static Money? Amount(Node parent, string tag) =>
        Number(parent.Child(tag)) is { } thousandths && parent.Child("currency")?.Text.OrNull() is { } currency ? new(thousandths, currency) : null;

    private static long? Number(Node? node) =>
        long.TryParse(node?.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
