"""A folder into Chroma by LlamaIndex, as its documentation shows it: FOLDER MODEL STORE TOKENS.

Run by the Python of an environment that has LlamaIndex, not by Strongroom's. The tokenizer that counts chunks is the
model's own: the default one is fetched from the network.
"""

import json
import sys

OVERLAP = 20


def main(folder: str, model: str, store: str, tokens: str) -> None:
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{model}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    documents = SimpleDirectoryReader(folder).load_data()
    splitter = SentenceSplitter(
        chunk_size=int(tokens),
        chunk_overlap=OVERLAP,
        tokenizer=lambda text: tokenizer.encode(text, add_special_tokens=False).ids,
    )
    collection = chromadb.PersistentClient(store).get_or_create_collection("pages")
    VectorStoreIndex(
        splitter.get_nodes_from_documents(documents),
        storage_context=StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection)),
        embed_model=HuggingFaceEmbedding(model_name=model),
    )
    print(json.dumps({"pages": len(documents), "chunks": collection.count()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
